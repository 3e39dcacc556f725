"""Load test of signing and confirming by 16 clients: `.venv/bin/python bench/web/forms.py`; for a quiet machine.

Latency and rate beside the floor, and two web processes beside one, on one letter. Each server is asked in turn, every form
once. PostgreSQL's own CPU is not in the milliseconds of the web processes: where two of them share a machine with it, compare
rates with what its cores leave.
"""

import argparse
from contextlib import ExitStack
from statistics import median
from typing import Any

from databases import databases
from filling import fill_letterhub, test_rows
from form_requests import confirmations, send, sign_forms
from serving import RunningServer, run_server

ROUNDS, FORMS, CLIENTS, NAMES = 5, 300, 16, 1_000
SERVERS = ("floor, two processes", "ours, one process", "ours, two processes")


def main() -> None:
    """Print a row for each form and server, and the ratio of the rates of two processes and one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", nargs="+", default=["postgresql", "sqlite"], choices=["sqlite", "postgresql"])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    arguments = parser.parse_args()
    print("| database | form | server | a second | of the floor's | of one process | CPU ms | p50 ms | p99 ms |")
    print("|---|---|---|--:|--:|--:|--:|--:|--:|")
    for database in arguments.database:
        _measure(database, arguments.rounds)


def _measure(kind: str, rounds: int) -> None:
    rows = test_rows(NAMES, len(SERVERS) * (rounds + 1) * FORMS)
    with databases(kind, "ours", "plain") as (url, plain_url, folder), ExitStack() as stack:
        tokens = fill_letterhub(url, folder, rows, NAMES).tokens
        fill_letterhub(plain_url, folder, rows, NAMES)

        def start(app: str, database: str, workers: int) -> RunningServer:
            return stack.enter_context(run_server(app, workers=workers, BENCH_DATABASE=database, BENCH_FOLDER=folder))

        servers = [start("plain", plain_url, 2), start("ours", url, 1), start("ours", url, 2)]
        for form in ("sign", "confirm"):
            found: list[list[dict[str, Any]]] = [[] for _server in servers]
            for number in range((rounds + 1) * len(servers)):
                part = slice(number * FORMS, (number + 1) * FORMS)
                requests = sign_forms(number, FORMS) if form == "sign" else confirmations(number, tokens[part])
                at = number % len(servers)
                found[at].append(_ask(servers[at], requests))
            _print_rows(kind, form, [results[1:] for results in found])  # the first round warms up


def _ask(server: RunningServer, requests: list[str]) -> dict[str, Any]:
    """Send each request once; return the result with the milliseconds of CPU for each."""
    before = server.processor()
    result = send({"port": server.port, "clients": CLIENTS, "once": True, "requests": requests, "seconds": 60})
    if result["statuses"].get("303", 0) < 0.97 * len(requests):  # a name that resembles another ends the floor's form with 501
        raise SystemExit(f"odd answers: {result['statuses']}")
    return result | {"cpu": (server.processor() - before) / len(requests) * 1000}


def _print_rows(kind: str, form: str, found: list[list[dict[str, Any]]]) -> None:
    rates = [[result["a_second"] for result in results] for results in found]
    for name, results, own in zip(SERVERS, found, rates, strict=True):
        of_plain, of_one = (median(mine / its for mine, its in zip(own, peer, strict=True)) for peer in rates[:2])
        middle = {key: median(result[key] for result in results) for key in ("cpu", "p50", "p99")}
        print(
            f"| {kind} | {form} | {name} | {median(own):,.0f} | {of_plain:.0%} | {of_one:.2f} | {middle['cpu']:.2f} "
            f"| {middle['p50']:.0f} | {middle['p99']:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
