"""Load test of Letterhub beside bytes by WSGI alone, a Flask "hello" and a minimal app: `.venv/bin/python bench/web`.

`bench/web --quick` takes a minute: SQLite, 1,000 names. `--reading`, `--names 100000`, `--database postgresql` and `--server
gunicorn` choose. Prints Markdown tables; figures are ratios within one run, as no machine is quiet.
"""

import argparse
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import median
from urllib.parse import quote

from databases import databases
from filling import SLUG, fill_letterhub, fill_minimal, test_rows
from form_requests import confirmations, post, send, sign_forms
from serving import RunningServer, run_server

ROUNDS, SECONDS = 3, 2.0
READERS, WRITERS = 8, 16
LIST_PAGES = 150
SEARCHES = ("alliance", "union sto", "society ba", "co")
"""Queries that match many names, also such as sort late."""
FORMS = 400
"""Limit on the forms that one round of writing sends: each is sent once."""


@dataclass(frozen=True, slots=True)
class Round:
    """The result of one round: responses per second, server CPU milliseconds per response, and latencies."""

    a_second: float
    processor: float
    p50: float
    p99: float


@dataclass(frozen=True, slots=True)
class Case:
    """A request to one site, and the one to another that it is compared with."""

    name: str
    site: RunningServer
    requests: Callable[[int], list[str]]
    peer: RunningServer
    peer_requests: Callable[[int], list[str]]
    clients: int = READERS
    once: bool = False
    expects: str = "200"


def main() -> None:
    """Measure the chosen cases and print a table for each database."""
    arguments = parse_arguments()
    names = [1_000] if arguments.quick else arguments.names
    rounds, seconds = (1, 1.0) if arguments.quick else (ROUNDS, SECONDS)
    databases = ["sqlite"] if arguments.quick else arguments.database
    print("| database | names | what | a second | of its peer | CPU ms | of its peer | p50 ms | p99 ms |")
    print("|---|--:|---|--:|--:|--:|--:|--:|--:|")
    for database in databases:
        for count in names:
            with _sites(database, count, arguments.server, 2 * rounds * FORMS) as cases:
                for case in (one for one in cases if not (arguments.reading and one.once)):
                    print(_row(database, count, case, *_measure_rounds(case, rounds, seconds)), flush=True)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--reading", action="store_true", help="leave the forms out")
    parser.add_argument("--names", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--database", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    parser.add_argument("--server", default="granian", choices=["granian", "gunicorn"])
    return parser.parse_args()


@contextmanager
def _sites(kind: str, count: int, server: str, waiting: int) -> Iterator[list[Case]]:
    """Yield the cases on filled databases, every server running."""
    rows = test_rows(count, waiting)
    with databases(kind) as (url, minimal_url, folder), ExitStack() as stack:
        filled = fill_letterhub(url, folder, rows, count)
        fill_minimal(minimal_url, rows, count)

        def start(app: str, **environment: str) -> RunningServer:
            return stack.enter_context(run_server(app, server, **environment))

        hello = start("minimal")
        minimal = start("minimal", BENCH_DATABASE=minimal_url)
        site = start("ours", BENCH_DATABASE=url, BENCH_FOLDER=folder)
        bare = start("ours", BENCH_DATABASE=url, BENCH_FOLDER=folder, BENCH_CACHE_SECONDS="0")
        raw = start("minimal", BENCH_BYTES=_head(bare, f"/letters/{SLUG}")["content-length"])
        yield _cases(raw, hello, minimal, site, bare, count, filled.tokens)


def _cases(
    raw: RunningServer,
    hello: RunningServer,
    minimal: RunningServer,
    site: RunningServer,
    bare: RunningServer,
    count: int,
    tokens: list[str],
) -> list[Case]:
    page, nothing, least = f"/letters/{SLUG}", [_get("/")], [_get("/letter")]
    last = max(1, -(-count // 100) * 9 // 10)
    deep = _list_page_url(bare, last)
    parts = [_get(address) for address in _list_page_urls(bare, min(last, LIST_PAGES))]
    tag = _head(bare, page)["etag"]

    def forms(round_: int) -> list[str]:
        return sign_forms(round_, FORMS)

    def links(round_: int) -> list[str]:
        return confirmations(round_, tokens[round_ * FORMS : (round_ + 1) * FORMS])

    def least_forms(round_: int) -> list[str]:
        return [
            post("/sign", {"organization": f"Alliance {round_} {one}", "email": f"n{one}@a.example"}) for one in range(FORMS)
        ]

    def least_links(round_: int) -> list[str]:
        return [post(f"/confirm/{count + round_ * FORMS + one + 1}", {}) for one in range(FORMS)]

    writing = {"clients": WRITERS, "once": True, "expects": "303"}
    return [
        Case("letter, cached : its bytes by WSGI alone", site, lambda _: [_get(page)], raw, lambda _: nothing),
        Case("letter, cached : hello", site, lambda _: [_get(page)], hello, lambda _: nothing),
        Case("letter, rendered : hello", bare, lambda _: [_get(page)], hello, lambda _: nothing),
        Case("letter, rendered : minimal", bare, lambda _: [_get(page)], minimal, lambda _: least),
        Case("letter, 304 : hello", site, lambda _: [_get(page, tag)], hello, lambda _: nothing, expects="304"),
        Case(f"page {last} : page 1", bare, lambda _: [_get(deep)], bare, lambda _: [_get(page)]),
        Case(f"{len(parts)} list pages in turn : minimal", bare, lambda _: parts, minimal, lambda _: least),
        Case(
            "search, one name : minimal", bare, lambda _: [_get(f"{page}?q={count // 2}")], minimal, lambda _: least, clients=1
        ),
        *(
            Case(
                f"search “{query}” : minimal",
                bare,
                lambda _, query=query: [_get(f"{page}?q={quote(query)}")],
                minimal,
                lambda _: least,
                clients=1,
            )
            for query in SEARCHES
        ),
        Case("sign : minimal", bare, forms, minimal, least_forms, **writing),
        Case("confirm : minimal", bare, links, minimal, least_links, **writing),
    ]


def _measure_rounds(case: Case, rounds: int, seconds: float) -> tuple[list[Round], list[Round]]:
    """Return the rounds of a case and of its peer, in alternation, so that both meet the same conditions."""
    mine, peers = [], []
    for round_ in range(rounds):
        for site, requests, found in ((case.peer, case.peer_requests, peers), (case.site, case.requests, mine)):
            found.append(_run(case, site, requests(round_), seconds, warm=not round_ and not case.once))
    return mine, peers


def _run(case: Case, site: RunningServer, requests: list[str], seconds: float, *, warm: bool) -> Round:
    job = {"port": site.port, "clients": case.clients, "once": case.once, "requests": requests}
    if warm:
        send({**job, "seconds": 0.5})
    before = site.processor()
    result = send({**job, "seconds": seconds if not case.once else 60})
    taken = site.processor() - before
    odd = {status: many for status, many in result["statuses"].items() if status not in (case.expects, "200")}
    if odd or (site is case.site and case.expects not in result["statuses"]):
        print(f"  odd answers to {case.name}: {result['statuses']}", file=sys.stderr)
    return Round(result["a_second"], taken / result["count"] * 1000, result["p50"], result["p99"])


def _row(database: str, count: int, case: Case, mine: list[Round], peers: list[Round]) -> str:
    def middle(runs: list[Round], name: str) -> float:
        return median(getattr(run, name) for run in runs)

    pairs = list(zip(mine, peers, strict=True))
    speed = median(own.a_second / peer.a_second for own, peer in pairs)
    cost = median(own.processor / peer.processor if peer.processor else 0 for own, peer in pairs)
    return (
        f"| {database} | {count:,} | {case.name} | {middle(mine, 'a_second'):,.0f} | {speed:.0%} "
        f"| {middle(mine, 'processor'):.2f} | {cost:.2f} | {middle(mine, 'p50'):.1f} | {middle(mine, 'p99'):.1f} |"
    )


def _get(path: str, tag: str = "") -> str:
    known = f"If-None-Match: {tag}\r\n" if tag else ""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{known}\r\n"


def _fetch_text(site: RunningServer, path: str) -> str:
    """Return a response with its headers, as text."""
    command = ["curl", "-s", "-i", "--max-time", "20", f"http://127.0.0.1:{site.port}{path}"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _head(site: RunningServer, path: str) -> dict[str, str]:
    lines = _fetch_text(site, path).partition("\n\n")[0].splitlines()[1:]
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if ":" in line)}


def _list_page_url(site: RunningServer, page: int) -> str:
    """Return the URL in the link from the page before to this one."""
    before = _fetch_text(site, f"/letters/{SLUG}?page={max(page - 1, 1)}")
    return _next_link(before) or f"/letters/{SLUG}"


def _list_page_urls(site: RunningServer, many: int) -> list[str]:
    """Return the URLs of so many parts of the list, each from the link before: more than a process caches, if possible."""
    addresses = [f"/letters/{SLUG}"]
    while len(addresses) < many and (link := _next_link(_fetch_text(site, addresses[-1]))):
        addresses.append(link)
    return addresses


def _next_link(page: str) -> str:
    link = page.partition('rel="next" href="')[2].partition('"')[0]
    return link.replace("&amp;", "&").partition("#")[0]


if __name__ == "__main__":
    main()
