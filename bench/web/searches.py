"""Hard searches, one after another without a server: `.venv/bin/python bench/web/searches.py`, ten minutes.

Each of the hard queries asks for its first page four times; of its CPU time, in this process and in PostgreSQL's, the least
counts. `--names 1000` and `--database sqlite` choose.
"""

import argparse
import time
from pathlib import Path

from databases import databases
from filling import SLUG, fill_letterhub, test_rows
from ours import settings
from queries import HARD_QUERIES
from sqlalchemy import text

from letterhub.app import site_context
from letterhub.infrastructure.db import db, set_read_only
from letterhub.queries.letters.public_letter import public_letter
from letterhub.queries.signatures.listing import PageRequest, list_page

ROUNDS = 4


def main() -> None:
    """Print a row for each database and number of names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", type=int, nargs="+", default=[1_000, 100_000])
    parser.add_argument("--database", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    asked = parser.parse_args()
    print("| database | names | median ms | 90 % | 99 % | most | the slowest |")
    print("|---|--:|--:|--:|--:|--:|---|")
    for kind in asked.database:
        for count in asked.names:
            with databases(kind) as (url, _minimal, folder):
                fill_letterhub(url, folder, test_rows(count, 0), count)
                with site_context(settings(url, folder)):
                    print(_row(kind, count, sorted(map(_milliseconds, HARD_QUERIES))), flush=True)


def _milliseconds(query: str) -> tuple[float, str]:
    """Return the CPU milliseconds of a search, and its query."""
    set_read_only(True)
    letter = public_letter(SLUG)
    assert letter is not None
    is_sqlite = db.engine.dialect.name == "sqlite"
    server = 0 if is_sqlite else db.session.scalar(text("SELECT pg_backend_pid()"))
    taken = []
    for _ in range(ROUNDS):
        before = _processor(server)
        list_page(letter.id, letter.text, letter.count, PageRequest(query.strip()))
        taken.append(_processor(server) - before)
        db.session.rollback()
    return min(taken), query


def _processor(server: int | None) -> float:
    """Return the CPU milliseconds of this process, and of the database's."""
    theirs = int(Path(f"/proc/{server}/schedstat").read_text().split()[0]) / 1e6 if server else 0
    return time.process_time() * 1000 + theirs


def _row(kind: str, count: int, results: list[tuple[float, str]]) -> str:
    times = [one for one, _ in results]
    shares = (times[len(times) * share // 100] for share in (50, 90, 99))
    slowest = ", ".join(f"“{query[:20]}”" for _, query in results[-3:])
    return f"| {kind} | {count:,} | {' | '.join(f'{one:.1f}' for one in shares)} | {times[-1]:.1f} | {slowest} |"


if __name__ == "__main__":
    main()
