"""Load test of a deployment on several machines: a proxy, three web processes, two workers, PostgreSQL, Redis, mail.

.venv/bin/python -m bench.machines --people 2000

Everyone reads the letter, signs through the form, waits for the mail and confirms by its link; meanwhile a worker and a web
process are killed and restarted. At the end the public list must equal the acknowledged signatures. Each process has a data
folder of its own, as on separate machines. The web looks up no mail domains (LETTERHUB_DEMO), as those of the run don't exist.
Signatures without the proof of work that a flood requires wait for staff, who publish at the end what the rule left to them.
"""

import argparse
import asyncio
import csv
import os
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import psycopg
from sqlalchemy import select

from bench.machines.people import EntryPoint, RunRecord, Signer, Signers
from bench.machines.processes import Machine, MissingProgram, free_port, mail_server, postgresql, proxy, redis, shared_settings
from letterhub.app import site_context
from letterhub.clock import now
from letterhub.commands.signatures.review import ReviewSelection, publish_signatures
from letterhub.config import parse_settings
from letterhub.domain.letters.signing_settings import PublishRule
from letterhub.domain.signatures.review import line_version
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Signature
from tests.support import factories

WEB, WORKERS = 3, 2
RESTART_AFTER = 5.0  # seconds until a killed process is restarted
LOG_EVERY = 10.0  # seconds between two lines of the log
PAGE_SIZE = 50  # signatures that staff decide on at once
SETTLE_SECONDS = 600.0  # seconds for the last mails to leave: a killed worker's lease is five minutes


class Log:
    """Log of events, with the seconds since the run began."""

    def __init__(self, book: RunRecord) -> None:
        self.book = book

    def say(self, sentence: str) -> None:
        """Print a line."""
        print(f"{self.book.now():7.1f} s  {sentence}", flush=True)

    async def tell(self) -> None:
        """Print the progress every ten seconds."""
        book, before = self.book, (0, 0, 0)
        while True:
            await asyncio.sleep(LOG_EVERY)
            done = (len(book.signed), len(book.mailed), len(book.confirmed))
            rates = [f"{one:,} ({(one - last) / LOG_EVERY:.0f}/s)" for one, last in zip(done, before, strict=True)]
            self.say(f"signed {rates[0]}, mailed {rates[1]}, confirmed {rates[2]}")
            before = done


def open_letter(settings: dict[str, str], folder: Path, people: int) -> str:
    """Open the letter and return its URL; a rule publishes all signatures, as staff reviewed their organizations before."""
    with site_context(parse_settings({**settings, "LETTERHUB_DATA_DIR": str(folder / "setting-up")})):
        letter = factories.open_letter(deadline_at=None, publish_rule=PublishRule.REVIEWED)
        factories.add_reviewed_names(*((one.name, one.email.rpartition("@")[2]) for one in map(Signer, range(people))))
        return str(letter.slug)


async def kill_two(web: Machine, worker: Machine, people: Signers, log: Log) -> None:
    """Kill a worker after a third of the signatures and a web process after half, and restart each."""
    for machine, share in ((worker, 1 / 3), (web, 1 / 2)):
        while len(people.book.signed) < share * len(people.everyone):
            await asyncio.sleep(0.2)
        machine.kill()
        log.say(f"killed {machine.name} (-9)")
        await asyncio.sleep(RESTART_AFTER)
        machine.start()
        log.say(f"started {machine.name} again")


async def run(people: Signers, web: list[Machine], workers: list[Machine], log: Log) -> None:
    """Run the whole scenario, until the last mail of thanks."""
    telling = asyncio.create_task(log.tell())
    await people.all_sign(lambda: kill_two(web[1], workers[0], people, log))
    took = log.book.now()
    log.say(f"everyone has confirmed: {len(people.everyone) / took:.1f} signatures a second, from the form to the list")
    async with asyncio.timeout(SETTLE_SECONDS):
        while len(people.book.copies) < 2 * len(people.everyone):
            await asyncio.sleep(0.5)
    log.say("every mail of thanks has left")
    telling.cancel()


def publish_waiting(settings: dict[str, str], folder: Path) -> int:
    """Publish what the rule left to staff, a page at a time; return how many."""
    published = 0
    with site_context(parse_settings({**settings, "LETTERHUB_DATA_DIR": str(folder / "staff")})):
        letter = db.session.scalars(select(Letter)).one()
        waiting = select(Signature).where(Signature.state == SignatureState.CONFIRMED).order_by(Signature.id).limit(PAGE_SIZE)
        coalition_id, letter_id = letter.coalition_id, letter.id
        while rows := db.session.scalars(waiting).all():
            versions = {row.id: line_version(row.signatory) for row in rows}
            published += len(
                publish_signatures(
                    ReviewSelection(coalition_id, letter_id, tuple(versions), "staff-1", now(), versions)
                ).changed_ids
            )
    return published


def published(settings: dict[str, str], slug: str, folder: Path) -> Counter[str]:
    """Return how often each organization is in the letter's list, by its export."""
    table = folder / "list.csv"
    Machine("list", ["export", slug, "--format", "csv", "--current", "--out", str(table)], settings, folder).run()
    with table.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    column = next(iter(rows[0])) if rows else ""
    return Counter(row.get("Organization") or row[column] for row in rows)


def database_sizes(database: str, count: int) -> list[str]:
    """Return the size of the database, in all and for each signature, and its largest tables."""
    with psycopg.connect(database.replace("+psycopg", "")) as connection:
        tables = connection.execute(
            "SELECT relname, pg_total_relation_size(relid) FROM pg_stat_user_tables ORDER BY 2 DESC LIMIT 8"
        ).fetchall()
        whole = connection.execute("SELECT pg_database_size(current_database())").fetchall()[0][0]
    parts = ", ".join(f"{name} {size / count / 1000:.2f}" for name, size in tables)
    return [f"the database: {whole / count / 1000:.1f} kB for each signature; by table, with indexes: {parts}"]


def quantiles(took: Sequence[float]) -> str:
    """Return the median and the 99th percentile, in milliseconds."""
    if len(took) < 2:
        return "-"
    parts = statistics.quantiles(took, n=100)
    return f"median {parts[49] * 1000:,.0f} ms, 99 % below {parts[98] * 1000:,.0f} ms"


def report_verdict(people: Signers, listed: Counter[str], log: Log) -> bool:
    """Print and return whether the list equals the acknowledged signatures."""
    book = people.book
    acknowledged = {person.name for person in people.everyone if person.number in book.confirmed}
    lost, unasked = acknowledged - set(listed), set(listed) - acknowledged
    twice = sum(count > 1 for count in listed.values())
    wrong = f"lost {len(lost)}, unasked {len(unasked)}, twice {twice}"
    log.say(f"acknowledged {len(acknowledged):,}; in the list {sum(listed.values()):,}; {wrong}")
    mails, more = len(book.copies), sum(book.copies.values()) - len(book.copies)
    log.say(f"{mails:,} mails, {more} of them once more, as their worker was killed between sending and writing it down")
    for what, took in book.took.items():
        log.say(f"{what}: {quantiles(took)}")
    waits = [book.mailed[number] - book.signed[number] for number in book.mailed if number in book.signed]
    log.say(f"from the form to the mail: {quantiles(waits)}")
    log.say(f"tried again: {dict(book.odd) or 'nothing'}")
    return not lost and not unasked and not twice


def main() -> int:
    """Set everything up and run it; return 0 if the list is right."""
    parser = argparse.ArgumentParser(description="A letter goes viral on several machines.")
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--at-once", type=int, default=40, help="how many wait for a page at a time")
    parser.add_argument("--keep", type=Path, help="a new folder for the logs of all processes")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="letterhub-machines-") as passing:
        folder = given.keep or Path(passing)
        folder.mkdir(parents=True, exist_ok=True)
        mails, mail_port, port, behind = folder / "mails", free_port(), free_port(), [free_port() for _ in range(WEB)]
        try:
            with (
                postgresql() as database,
                redis(folder) as queue,
                mail_server(mail_port, mails),
                proxy(folder, port, behind),
            ):
                settings = shared_settings(database, queue, mail_port, port)
                return run_scenario(settings, folder, port, behind, given.people, given.at_once)
        except MissingProgram as missing:
            print(missing, file=sys.stderr)
            return 2


def run_scenario(settings: dict[str, str], folder: Path, port: int, behind: list[int], count: int, at_once: int) -> int:
    """Run everything, from creating tables to the verdict; return the status."""
    Machine("migration", ["migrate"], settings, folder).run()
    slug = open_letter(settings, folder, count)
    web = [
        Machine(f"web-{number}", ["serve", "--workers", "1", "--port", str(each)], settings, folder)
        for number, each in enumerate(behind, 1)
    ]
    workers = [Machine(f"worker-{number}", ["worker"], settings, folder) for number in range(1, WORKERS + 1)]
    book = RunRecord()
    log = Log(book)
    log.say(f"{count:,} people, {at_once} at a time; nginx, {WEB} web processes, {WORKERS} workers, on {os.cpu_count()} cores")
    people = Signers(EntryPoint(port, book), slug, count, at_once, folder / "mails")
    try:
        for each in (*web, *workers):
            each.start()
        asyncio.run(run(people, web, workers, log))
        log.say(f"staff publish {publish_waiting(settings, folder):,} names that the rule left to them")
        right = report_verdict(people, published(settings, slug, folder), log)
        for sentence in database_sizes(settings["LETTERHUB_DATABASE_URL"], count):
            log.say(sentence)
        return 0 if right else 1
    finally:
        for each in (*web, *workers):
            each.kill()


if __name__ == "__main__":
    sys.exit(main())
