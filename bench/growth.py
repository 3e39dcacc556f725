"""Growth of every page with its letter and its coalition: `.venv/bin/python bench/growth.py`.

Walks the GET endpoints of a small site and of a large one, one request after another in this process. Printed is the median
CPU time of a page on both, PostgreSQL's own included, their ratio, and the number of statements of each.
"""

import argparse
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.append(str(Path(__file__).parent / "web"))

from databases import databases
from flask import Flask
from flask.testing import FlaskClient
from growth_release import RELEASE_TOKEN, begin_change, deliver_editions, end_change
from growth_site import PROGRESS_TOKEN, SLUG, SiteSize, fill
from review import SITE, staff_client
from sqlalchemy import Engine, event, text

from letterhub.app import create_app
from letterhub.clock import now
from letterhub.config import demo_environment, parse_settings
from letterhub.domain.states import SignatureMove, SignatureState
from letterhub.infrastructure.db import Base, db, end_read_transaction, one_transaction
from letterhub.infrastructure.signed_links import Purpose
from letterhub.models import Edition, Signature
from letterhub.queries.progress import figures, list_counts

SMALL, LARGE = SiteSize(names=1_000, organizations=100, letters=10), SiteSize(100_000, 10_000, 1_000)
TRIES = 7
SLOW_SECONDS = 1.0  # a page that takes longer is asked for twice only
EXPORTS = {
    "editions.download", "check_page.download", "pdf_previews.download", "verification_reports.download",
    "signatures.export_csv", "overview.figures_csv",
}  # fmt: skip
OWN_TABLES = {"signatures.index", "review.index", "review.without_doubts", "letters.detail", "home.index"}
"""Pages with a table of their own in bench/README.md; marked with an asterisk."""
ARGUMENTS = {
    "coalition": "bench",
    "slug": SLUG,
    "area": "public",
    "color": "224466",
    "kind": "progress",
    "purpose": "reconfirm",
    "mail": "invitation",
}
OWN_ARGUMENTS: dict[str, dict[str, str | int]] = {
    "coalition.detail": {"slug": "bench"},
    "contact_import.columns": {"upload_id": 2},
    "contact_import.preview": {"upload_id": 2},
}
"""Arguments of pages that mean something else by a name."""
NUMBERS = {"before": 1, "after": 2, "number": 2, "other_id": 2}
QUERIES = {
    "audit_log.letter": ("before=500",),
    "bulk_decline.preview": ("network=n1",),
    "editions.preview": ("page=3",),
    "coalition.detail": ("page=2", "q=rivers", "q=desert"),
    "contacts.index": ("q=otters", "tag=tag+3", "sort=next-step", "page=2"),
    "invitations.index": ("outcome=waiting", "q=otters", "sort=name", "page=2"),
    "organizations.index": ("q=of", "q=stoba", "page=2", "only=question", "only=unvouched"),
    "organizations.search_related": ("q=union",),
    "outbox.index": ("state=sent", "state=failed", "state=cancelled", "q=n7@"),
    "review.index": ("pick=clear", "pick=doubt", "pick=same-name", "q=friends", "page=2"),
    "signatures.index": ("page=9", "state=published", "state=declined", "pick=clear", "pick=doubt", "q=union", "q=stoba"),
}
"""Query strings of pages that are asked for again with each."""
PHASES = {
    "changed": ("change_replies.", "letters.detail", "overview.", "reconfirmation.", "revisions.", "signatures.index"),
    "delivered": (
        "check_page.", "coalition.detail", "deliver", "editions.", "errata", "letter_history.", "letters.detail", "overview.",
        "press_", "replies.", "reply.",
    ),
}  # fmt: skip
"""Beginnings of the names of pages that are asked for again while a change of the text runs, and once it was delivered."""
FIRST_VIEW, NEW_NAME = ", first view", ", after a new name"
COUNTING = ("overview.detail", "progress_page.detail")
"""Pages that keep counts. They are asked for again with none kept, as their first viewer meets them in a new process or after a
name was taken off, and each time once another name was published."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Cost of a page: milliseconds of CPU, statements, kilobytes; `status` of an answer that is no page."""

    milliseconds: float
    statements: int
    kilobytes: int
    status: int


class Meter:
    """CPU seconds of this process and of the PostgreSQL processes that answer it, and its number of statements."""

    def __init__(self, engine: Engine) -> None:
        self.statements = 0
        self._processes: list[Path] = []
        event.listen(engine, "before_cursor_execute", self._count)
        if engine.dialect.name == "postgresql":
            with engine.connect() as connection:
                rows = connection.execute(text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()"))
                self._processes = [Path(f"/proc/{pid}/schedstat") for (pid,) in rows]

    def _count(self, *_: object) -> None:
        self.statements += 1

    def seconds(self) -> float:
        """Return the CPU seconds until now."""
        return time.process_time() + sum(int(file.read_text().split()[0]) for file in self._processes) / 1e9


def addresses(app: Flask) -> Iterator[tuple[str, str]]:
    """Yield the name and address of each page; links are those of the letter's first signature."""
    public_id = db.session.query(Edition.public_id).order_by(Edition.number).limit(1).scalar()
    end_read_transaction()
    routes = app.url_map.bind("127.0.0.1:8000")
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint):
        entry = getattr(app.view_functions[rule.endpoint], "entry", None)
        if "GET" not in (rule.methods or ()) or entry is None or rule.endpoint in EXPORTS:
            continue
        known = NUMBERS | ARGUMENTS | OWN_ARGUMENTS.get(rule.endpoint, {})
        values = {name: known.get(name, 1) for name in rule.arguments}
        if "token" in values:
            values["token"] = _token(app, rule.endpoint)
        if "public_id" in values:
            values["public_id"] = public_id
        if {"file_format", "part", "key"} & values.keys() or "" in values.values() or None in values.values():
            continue
        address = routes.build(rule.endpoint, values)
        yield rule.endpoint, address
        if rule.endpoint in COUNTING:
            yield f"{rule.endpoint}{FIRST_VIEW}", address
            yield f"{rule.endpoint}{NEW_NAME}", address
        for query in QUERIES.get(rule.endpoint, ()):
            yield f"{rule.endpoint}?{query}", f"{address}?{query}"


def _token(app: Flask, endpoint: str) -> str:
    """Return the token of a mailed link to a page; "" for one that this site has none for."""
    signer, sent_at = app.extensions["links"], int(now().timestamp())
    tokens: dict[str, Callable[[], str]] = {
        "confirmation": lambda: signer.token(Purpose.CONFIRM, 1, 1),
        "own_signature": lambda: signer.token(Purpose.MANAGE, 1),
        "reconfirmation": lambda: signer.token(Purpose.RECONFIRM, 1, 2, sent_at),
        "invitation": lambda: signer.token(Purpose.INVITED, 1),
        "progress_page": lambda: PROGRESS_TOKEN,
        "embargoed_press_page": lambda: RELEASE_TOKEN,
        "inquiry": lambda: signer.token(Purpose.ANSWER, 1),
        "partner": lambda: signer.token(Purpose.PARTNER, 1),
        "quote": lambda: signer.token(Purpose.QUOTE, 1),
        "news": lambda: signer.token(Purpose.NEWS, 1),
        "end_notices": lambda: signer.token(Purpose.END_NOTICES, 1, 1),
    }
    token = tokens.get(endpoint.partition(".")[0])
    return token() if token else ""


def cost_of(client: FlaskClient, meter: Meter, address: str, before: Callable[[], None] = lambda: None) -> Cost:
    """Return the median cost of a page, after one request to warm up; `before` runs before each of them."""
    milliseconds: list[float] = []
    answer = client.get(address, base_url=SITE)
    tries = TRIES
    while len(milliseconds) < tries:
        before()
        statements, started = meter.statements, meter.seconds()
        answer = client.get(address, base_url=SITE)
        milliseconds.append((meter.seconds() - started) * 1000)
        tries = 2 if milliseconds[0] > SLOW_SECONDS * 1000 else TRIES
    size = len(answer.get_data()) // 1024
    return Cost(statistics.median(milliseconds), meter.statements - statements, size, answer.status_code)


def forget_counts() -> None:
    """Forget what this process keeps of counts."""
    for counts in (list_counts._counts, figures._outcomes):  # noqa: SLF001 - nobody else empties them
        counts.clear()


@one_transaction
def publish_name() -> None:
    """Publish a name of the first letter that waits for review."""
    waiting = db.session.query(Signature).filter_by(letter_id=1, state=SignatureState.CONFIRMED)
    waiting.order_by(Signature.id).limit(1).one().move(SignatureMove.PUBLISH, now())


PREPARATIONS = {FIRST_VIEW: forget_counts, NEW_NAME: publish_name}


def measure(database: str, size: SiteSize, only: str) -> dict[str, Cost]:
    """Return the cost of each page of a new site of a size: of an open letter, then those that differ while a change of its
    text runs, and once it was delivered."""
    with databases(database) as (url, _minimal, _folder), tempfile.TemporaryDirectory() as data, ExitStack() as stack:
        settings = replace(parse_settings(demo_environment(SITE) | {"LETTERHUB_DATA_DIR": data}), database_url=url)
        app = create_app(settings)
        stack.enter_context(app.app_context())
        Base.metadata.create_all(db.engine)
        client = staff_client(app)
        fill(size)
        meter, costs = Meter(db.engine), dict[str, Cost]()
        for phase, begin in (("", None), ("changed", begin_change), ("delivered", deliver_editions)):
            if begin:
                begin()
            for name, address in addresses(app):
                if only in name and name.startswith(PHASES.get(phase, "")):
                    before = PREPARATIONS.get(name.removeprefix(name.partition(",")[0]), lambda: None)
                    costs[f"{name}, {phase}" if phase else name] = cost_of(client, meter, address, before)
            if phase == "changed":
                end_change()
        db.session.remove()
        db.engine.dispose()
    return costs


def main() -> None:
    """Print a table for each database, the page that grows most first."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    parser.add_argument("--only", default="", help="a part of the names of the pages that are measured")
    for name in ("names", "organizations", "letters"):
        parser.add_argument(f"--{name}", type=int, default=getattr(LARGE, name), help=f"{name} of the large site")
    chosen = parser.parse_args()
    logging.disable(logging.WARNING)
    large = SiteSize(chosen.names, chosen.organizations, chosen.letters)
    for database in chosen.database:
        few, many = (measure(database, size, chosen.only) for size in (SMALL, large))
        print(f"\n{database}\n\n| page | {SMALL} ms | {large} ms | ratio | statements | kB |\n|---|--:|--:|--:|--:|--:|")
        ratios = {name: many[name].milliseconds / few[name].milliseconds for name in many}
        for name in sorted(ratios, key=lambda name: -ratios[name]):
            print(_row(name, few[name], many[name], ratios[name]), flush=True)


def _row(name: str, few: Cost, many: Cost, ratio: float) -> str:
    star = " \\*" if name.partition(",")[0].partition("?")[0] in OWN_TABLES else ""
    status = "" if many.status == few.status == 200 else f" ({few.status}, {many.status})"
    return (
        f"| {name}{star}{status} | {few.milliseconds:.1f} | {many.milliseconds:.1f} | {ratio:.2f} "
        f"| {few.statements}, {many.statements} | {few.kilobytes}, {many.kilobytes} |"
    )


if __name__ == "__main__":
    main()
