"""Benchmark of organization matching, by number of organizations: `make bench`."""

import datetime as dt
import random
import statistics
import tempfile
import time
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from letterhub.domain.organizations.name_keys import name_key
from letterhub.domain.organizations.websites import domain_of_website
from letterhub.infrastructure.db import Base
from letterhub.models import Coalition, find_or_create_organization, find_or_create_organizations

SIZES = (1_000, 10_000)
TRIES = 60
NOW = dt.datetime(2022, 1, 7, 12, tzinfo=dt.UTC)
KINDS = ("Alliance", "Coalition", "League", "Network", "Union", "Trust", "Council", "Society", "Institute", "Association")
SYLLABLES = ("ba", "ke", "lo", "mu", "ni", "ra", "sto", "ve", "wa", "zi", "cha", "dor", "fel", "gru", "hal", "pim")


def name_of(chance: random.Random) -> str:
    """Return an invented name of ordinary length, with words that many share and one or two of its own."""
    own = ["".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))).capitalize() for _ in range(chance.randint(1, 2))]
    return f"{chance.choice(('', 'The ', 'National '))}{chance.choice(KINDS)} of {' '.join(own)}"


def median_milliseconds(session: Session, chance: random.Random) -> float:
    """Return the median time of matching and saving one new organization, in milliseconds."""
    took = []
    for number in range(TRIES):
        start = time.perf_counter()
        find_or_create_organization(session, 1, f"{name_of(chance)} {number}", f"https://new{number}.example", NOW)
        session.flush()
        took.append(time.perf_counter() - start)
    session.rollback()
    return statistics.median(took) * 1000


def fill(session: Session, chance: random.Random, count: int) -> float:
    """Make that many organizations by some hundreds, as an import does; return the seconds."""
    start = time.perf_counter()
    names = [name_of(chance) for _ in range(count)]
    for begin in range(0, count, 500):
        some = enumerate(names[begin : begin + 500], begin)
        sites = {(name_key(name), domain_of_website(f"s{at}.example")): name for at, name in some}
        find_or_create_organizations(session, 1, sites, NOW)
    session.commit()
    return time.perf_counter() - start


def main() -> None:
    """Print a row for each size, and how many times longer the last takes than the first."""
    print("organizations   to fill (s)   one more (ms, median)")
    took = []
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            engine = create_engine(f"sqlite:///{Path(folder) / 'bench.sqlite'}")
            Base.metadata.create_all(engine)
            chance = random.Random(7)
            with Session(engine) as session:
                session.add(Coalition(id=1, slug="bench", name="Bench", created_at=NOW))
                session.flush()
                filled = fill(session, chance, size)
                took.append(median_milliseconds(session, chance))
            engine.dispose()
        print(f"{size:13} {filled:13.1f} {took[-1]:23.2f}", flush=True)
    print(f"with {SIZES[-1] // SIZES[0]} times as many: {took[-1] / took[0]:.1f} times as long")


if __name__ == "__main__":
    main()
