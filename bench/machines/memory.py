"""Memory of a whole site, at rest and under load: `.venv/bin/python -m bench.machines.memory`.

One machine as an operator sets it up: `letterhub serve` with its two web processes, and one `letterhub worker`. At rest is
after each page of a tour was requested several times, signatures were made and confirmed, and the mails have left. Under load,
sixteen signers at a time sign and confirm, while four readers request uncached pages and two staff pages. Memory shared by
processes is counted once (PSS); this program imports nothing of the app, so that it shares nothing with them. `--database
postgresql` and `--seconds 20` choose.
"""

import argparse
import asyncio
import itertools
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.machines.people import Book, Browser, Front, People, Person, hidden
from bench.machines.processes import Machine, Missing, free_port, mail_server, postgresql, settings_of
from bench.web.serving import held_by, started_by

ROUNDS = 6  # of a tour, so that each of two web processes has rendered every page
STANDING = [sys.executable, "-m", "bench.machines.standing"]
AT_ONCE, READERS, STAFF = 16, 4, 2
SETTLING = 12.0  # seconds from the last response to the measurement at rest
LOOK = 0.5  # seconds between two samples under load


@dataclass(frozen=True, slots=True)
class Site:
    """The processes of a site, and the URLs of its pages."""

    serving: Machine
    working: Machine
    port: int
    mails: Path
    coalition: str
    slug: str
    member: dict[str, str]

    def held(self) -> dict[str, int]:
        """Return the kilobytes of each process."""
        web = started_by(self.serving.process)
        parts = {"first process": [self.serving.process], "web processes": web, "worker": [self.working.process]}
        return {part: sum(map(held_by, some)) for part, some in parts.items()}

    def everyones(self) -> Iterator[str]:
        """Yield URLs of public pages, none twice, so that a process's cache does not help."""
        letter = f"/letters/{self.slug}"
        for one in itertools.count():
            yield from (f"{letter}?q=alliance+{one}", f"{letter}?page=2&x={one}", f"{letter}/sign", f"{letter}/history", "/")

    def staffs(self) -> list[str]:
        """Return URLs of staff pages."""
        desk, letter = f"/desk/{self.coalition}", f"/desk/{self.coalition}/letters/{self.slug}"
        of_the_letter = "review names sign-up revisions consent editions editions/freeze invitations floods import write record"
        return [
            "/account", f"{desk}/", f"{desk}/team", f"{desk}/organizations", f"{desk}/record", f"{desk}/look", f"{desk}/mail",
            *(f"{letter}/{page}" for page in of_the_letter.split()),
        ]  # fmt: skip


@dataclass
class Most:
    """The peak memory of the site, by part."""

    parts: dict[str, int] = field(default_factory=dict)

    async def watch(self, site: Site) -> None:
        """Sample until cancelled."""
        while True:
            held = site.held()
            if sum(held.values()) > sum(self.parts.values()):
                self.parts = held
            await asyncio.sleep(LOOK)


async def tour(site: Site, front: Front, rounds: int | None = None) -> None:
    """Request the staff pages as a member of staff, so many times or until cancelled."""
    async with Browser(front, Person(1_000_000)) as browser:
        page = await browser.ask("sign in", "/sign-in")
        await browser.ask("sign in", "/sign-in", hidden(page.text, 'name="password"') | site.member)
        for _ in range(rounds) if rounds else itertools.count():
            for address in site.staffs():
                answer = await browser.ask("staff's page", address)
                front.book.odd.update([f"{address}: {answer.status}"] if answer.status != 200 else [])


async def read(site: Site, front: Front, pages: int | None = None) -> None:
    """Request so many public pages, or until cancelled."""
    async with Browser(front, Person(1_000_001)) as browser:
        for address in itertools.islice(site.everyones(), pages):
            answer = await browser.ask("page", address)
            front.book.odd.update([f"{address}: {answer.status}"] if answer.status != 200 else [])


async def at_rest(site: Site, book: Book) -> dict[str, int]:
    """Return the memory after everything was used, without requests."""
    front = Front(site.port, book, tls=False)
    some = People(front, site.slug, 2, 2, site.mails)
    await some.all_sign(lambda: read(site, front, 5 * ROUNDS))
    await tour(site, front, ROUNDS)
    while len(book.copies) < 4:
        await asyncio.sleep(0.1)
    await asyncio.sleep(SETTLING)
    return site.held()


async def under_load(site: Site, book: Book, seconds: float) -> dict[str, int]:
    """Return the peak memory under load for so many seconds."""
    front, most = Front(site.port, book, tls=False), Most()
    crowd = People(front, site.slug, 100_000, AT_ONCE, site.mails)
    crowd.everyone = crowd.everyone[2:]
    walks = (*(read(site, front) for _ in range(READERS)), *(tour(site, front) for _ in range(STAFF)))
    try:
        async with asyncio.timeout(seconds):
            await asyncio.gather(crowd.all_sign(lambda: most.watch(site)), *walks)
    except TimeoutError:
        return most.parts


@contextmanager
def site_on(kind: str, folder: Path) -> Iterator[Site]:
    """Yield a running site with a letter that has some signatures."""
    mail_port, port, mails = free_port(), free_port(), folder / "mails"
    with ExitStack() as stack:
        database = f"sqlite:///{folder}/letterhub.infrastructure.db" if kind == "sqlite" else stack.enter_context(postgresql())
        stack.enter_context(mail_server(mail_port, mails))
        settings = settings_of(database, "", mail_port, port)
        Machine("migration", ["migrate"], settings, folder).run()
        told = Machine("setting-up", STANDING, settings, folder, []).told()
        machines = [
            Machine("web", ["serve", "--port", str(port)], settings, folder), Machine("worker", ["worker"], settings, folder)
        ]  # fmt: skip
        for each in machines:
            stack.callback(each.kill)
            each.start()
        yield Site(*machines, port, mails, **json.loads(told))


def table(kind: str, found: dict[str, dict[str, int]]) -> Iterator[str]:
    """Yield a table row for each state of the site."""
    for state, parts in found.items():
        cells = (sum(parts.values()), *parts.values())
        yield f"| {kind} | {state} | {' | '.join(f'{cell / 1024:.0f}' for cell in cells)} |"


def main() -> int:
    """Print a table; return 2 if a required program is missing."""
    asked = argparse.ArgumentParser(description="What a whole site holds in memory.")
    asked.add_argument("--database", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    asked.add_argument("--seconds", type=float, default=60)
    given = asked.parse_args()
    print("| database | MB | all | first process | web processes | worker |\n|---|---|--:|--:|--:|--:|")
    for kind in given.database:
        with tempfile.TemporaryDirectory(prefix="letterhub-memory-") as folder:
            try:
                with site_on(kind, Path(folder)) as site:
                    book = Book()
                    found = {"at rest": asyncio.run(at_rest(site, book))}
                    found["under load, at its most"] = asyncio.run(under_load(site, book, given.seconds))
                    print(*table(kind, found), sep="\n", flush=True)
                    print(f"  {len(book.confirmed)} confirmed; odd: {dict(book.odd) or 'nothing'}", file=sys.stderr)
            except Missing as missing:
                print(missing, file=sys.stderr)
                return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
