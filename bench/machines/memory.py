"""Memory of a whole site, at rest and under load: `.venv/bin/python -m bench.machines.memory`.

One machine as an operator sets it up: `letterhub serve` with its two web processes, and one `letterhub worker`; or with
workers inside of two processes, or of one. At rest is
after each page of a tour was requested several times, signatures were made and confirmed, and the mails have left. Under load,
sixteen signers at a time sign and confirm, while four readers request uncached pages and two staff pages. Memory shared by
processes is counted once (PSS); this program imports nothing of the app, so that it shares nothing with them. `--database
postgresql`, `--layout "one process"` and `--seconds 20` choose.
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

from bench.machines.people import Browser, EntryPoint, RunRecord, Signer, Signers, hidden_fields
from bench.machines.processes import Machine, MissingProgram, free_port, mail_server, postgresql, shared_settings
from bench.web.serving import descendants, pss_kilobytes

ROUNDS = 6  # of a tour, so that each of two web processes has rendered every page
SETUP_COMMAND = [sys.executable, "-m", "bench.machines.standing"]
LAYOUTS = {
    "two web, one worker": {"web": ["serve"], "worker": ["worker"]},
    "two with workers": {"web": ["serve", "--with-worker"]},
    "one process": {"web": ["serve", "--workers", "1", "--with-worker"]},
}
SIGNERS, READERS, STAFF = 16, 4, 2
SETTLE_SECONDS = 12.0  # seconds from the last response to the measurement at rest
SAMPLE_EVERY = 0.5  # seconds between two samples under load


@dataclass(frozen=True, slots=True)
class Site:
    """The processes of a site, and the URLs of its pages."""

    machines: dict[str, Machine]
    port: int
    mails: Path
    coalition: str
    slug: str
    member: dict[str, str]

    def held(self) -> dict[str, int]:
        """Return the kilobytes of each process."""
        processes = {name: machine.process for name, machine in self.machines.items()}
        working = [processes["worker"]] if "worker" in processes else []
        parts = {"first process": [processes["web"]], "web processes": descendants(processes["web"]), "worker": working}
        return {part: sum(map(pss_kilobytes, some)) for part, some in parts.items()}

    def public_page_urls(self) -> Iterator[str]:
        """Yield URLs of public pages, none twice, so that a process's cache does not help."""
        letter = f"/letters/{self.slug}"
        for one in itertools.count():
            yield from (f"{letter}?q=alliance+{one}", f"{letter}?page=2&x={one}", f"{letter}/sign", f"{letter}/history", "/")

    def staff_page_urls(self) -> list[str]:
        """Return URLs of staff pages."""
        staff, letter = f"/staff/{self.coalition}", f"/staff/{self.coalition}/letters/{self.slug}"
        of_the_letter = (
            "review signatures settings revisions consent editions editions/freeze invitations sources import write activity"
        )
        return [
            "/account",
            *(f"{staff}/{page}" for page in ("", "team", "organizations", "activity", "branding", "email")),
            *(f"{letter}/{page}" for page in of_the_letter.split()),
        ]


@dataclass
class PeakMemory:
    """The peak memory of the site, by part."""

    parts: dict[str, int] = field(default_factory=dict)

    async def watch(self, site: Site) -> None:
        """Sample until cancelled."""
        while True:
            held = site.held()
            if sum(held.values()) > sum(self.parts.values()):
                self.parts = held
            await asyncio.sleep(SAMPLE_EVERY)


async def request_staff_pages(site: Site, front: EntryPoint, rounds: int | None = None) -> None:
    """Request the staff pages as a member of staff, so many times or until cancelled."""
    async with Browser(front, Signer(1_000_000)) as browser:
        page = await browser.ask("sign in", "/sign-in")
        await browser.ask("sign in", "/sign-in", hidden_fields(page.text, 'name="password"') | site.member)
        for _ in range(rounds) if rounds else itertools.count():
            for address in site.staff_page_urls():
                answer = await browser.ask("staff's page", address)
                front.book.odd.update([f"{address}: {answer.status}"] if answer.status != 200 else [])


async def request_public_pages(site: Site, front: EntryPoint, pages: int | None = None) -> None:
    """Request so many public pages, or until cancelled."""
    async with Browser(front, Signer(1_000_001)) as browser:
        for address in itertools.islice(site.public_page_urls(), pages):
            answer = await browser.ask("page", address)
            front.book.odd.update([f"{address}: {answer.status}"] if answer.status != 200 else [])


async def measure_at_rest(site: Site, book: RunRecord) -> dict[str, int]:
    """Return the memory after everything was used, without requests."""
    front = EntryPoint(site.port, book, tls=False)
    some = Signers(front, site.slug, 2, 2, site.mails)
    await some.all_sign(lambda: request_public_pages(site, front, 5 * ROUNDS))
    await request_staff_pages(site, front, ROUNDS)
    while len(book.copies) < 4:
        await asyncio.sleep(0.1)
    await asyncio.sleep(SETTLE_SECONDS)
    return site.held()


async def measure_under_load(site: Site, book: RunRecord, seconds: float) -> dict[str, int]:
    """Return the peak memory under load for so many seconds."""
    front, most = EntryPoint(site.port, book, tls=False), PeakMemory()
    crowd = Signers(front, site.slug, 100_000, SIGNERS, site.mails)
    crowd.everyone = crowd.everyone[2:]
    walks = (
        *(request_public_pages(site, front) for _ in range(READERS)),
        *(request_staff_pages(site, front) for _ in range(STAFF)),
    )
    try:
        async with asyncio.timeout(seconds):
            await asyncio.gather(crowd.all_sign(lambda: most.watch(site)), *walks)
    except TimeoutError:
        return most.parts


@contextmanager
def running_site(kind: str, layout: str, folder: Path) -> Iterator[Site]:
    """Yield a running site with a letter that has some signatures."""
    mail_port, port, mails = free_port(), free_port(), folder / "mails"
    with ExitStack() as stack:
        database = f"sqlite:///{folder}/letterhub.db" if kind == "sqlite" else stack.enter_context(postgresql())
        stack.enter_context(mail_server(mail_port, mails))
        settings = shared_settings(database, "", mail_port, port)
        Machine("migration", ["migrate"], settings, folder).run()
        output = Machine("setting-up", SETUP_COMMAND, settings, folder, []).output()
        commands = LAYOUTS[layout] | {"web": [*LAYOUTS[layout]["web"], "--port", str(port)]}
        machines = {name: Machine(name, command, settings, folder) for name, command in commands.items()}
        for each in machines.values():
            stack.callback(each.kill)
            each.start()
        yield Site(machines, port, mails, **json.loads(output))


def table(kind: str, layout: str, found: dict[str, dict[str, int]]) -> Iterator[str]:
    """Yield a table row for each state of the site."""
    for state, parts in found.items():
        cells = (sum(parts.values()), *parts.values())
        yield f"| {kind} | {layout} | {state} | {' | '.join(f'{cell / 1024:.0f}' for cell in cells)} |"


def main() -> int:
    """Print a table; return 2 if a required program is missing."""
    parser = argparse.ArgumentParser(description="What a whole site holds in memory.")
    parser.add_argument("--database", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--layout", nargs="+", default=list(LAYOUTS), choices=list(LAYOUTS))
    given = parser.parse_args()
    print("| database | processes | MB | all | first process | web processes | worker |\n|---|---|---|--:|--:|--:|--:|")
    try:
        for kind, layout in itertools.product(given.database, given.layout):
            print(*table(kind, layout, measure(kind, layout, given.seconds)), sep="\n", flush=True)
    except MissingProgram as missing:
        print(missing, file=sys.stderr)
        return 2
    return 0


def measure(kind: str, layout: str, seconds: float) -> dict[str, dict[str, int]]:
    """Return the kilobytes of each part of a site, at rest and under load."""
    with tempfile.TemporaryDirectory(prefix="letterhub-memory-") as folder, running_site(kind, layout, Path(folder)) as site:
        book = RunRecord()
        at_rest = asyncio.run(measure_at_rest(site, book))
        under_load = asyncio.run(measure_under_load(site, book, seconds))
    print(f"  {len(book.confirmed)} confirmed; odd: {dict(book.odd) or 'nothing'}", file=sys.stderr)
    return {"at rest": at_rest, "under load, at its most": under_load}


if __name__ == "__main__":
    sys.exit(main())
