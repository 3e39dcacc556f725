"""Benchmark of signing and confirming without a server, beside the minimal app: `.venv/bin/python bench/web/posts.py`.

Each app has a process of its own, and both are measured in alternation, under the same conditions. Measured are CPU seconds,
and counts of queries, flushes and commits. `--profile` prints a profile too.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

from databases import databases
from filling import SLUG, fill_letterhub, fill_minimal, test_rows
from ours import SECRET
from sqlalchemy import Engine, create_engine, text

from letterhub.infrastructure.signed_links import LinkSigner, Purpose

ROUNDS, REQUESTS_PER_ROUND = 8, 25
FORMS = (ROUNDS + 1) * REQUESTS_PER_ROUND
Ask = Callable[..., dict[str, Any]]
Request = dict[str, str]


def main() -> None:
    """Print a row for each form and database; with `--profile`, a profile."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--names", type=int, default=1_000)
    parser.add_argument("--database", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    arguments = parser.parse_args()
    print("| database | names | form | CPU ms | of its peer | statements | of its peer | flushes | commits |")
    print("|---|--:|---|--:|--:|--:|--:|--:|--:|")
    for database in arguments.database:
        for name, ours, mine, peer, its, between in _cases(database, arguments.names):
            rounds = []
            for at in range(0, FORMS, REQUESTS_PER_ROUND):
                between()
                rounds.append((_round(peer, its, at), _round(ours, mine, at)))
            print(_row(database, arguments.names, name, rounds[1:]), flush=True)  # the first round warms up
            if arguments.profile:
                ours([mine(one) for one in range(FORMS, FORMS + REQUESTS_PER_ROUND)], profile=True)


Case = tuple[str, Ask, Callable[[int], Request], Ask, Callable[[int], Request], Callable[[], None]]


def _cases(database: str, names: int) -> Iterator[Case]:
    """Yield what is posted: its name, our app and its requests, the peer and its, and what is done before each round."""
    rows = test_rows(names, FORMS + REQUESTS_PER_ROUND)
    with databases(database) as (url, least_url, folder), ExitStack() as stack:
        tokens = fill_letterhub(url, folder, rows, names).tokens
        fill_minimal(least_url, rows, names)
        ours = stack.enter_context(_app_process("ours", BENCH_DATABASE=url, BENCH_FOLDER=folder, BENCH_CACHE_SECONDS="0"))
        least = stack.enter_context(_app_process("minimal", BENCH_DATABASE=least_url))
        forms, engine = _sign_forms(ours), create_engine(url)
        least_form = partial(_post, "/sign", organization="Alliance", email="n@a.example")
        for name, first, moment in (("sign", 0, "created_at"), ("sign, in a flood", FORMS, "NULL")):
            between = partial(_confirm_forms, engine, moment)
            yield (name, ours, lambda one, first=first: forms(first + one), least, lambda _one: least_form(), between)
        yield (
            "confirm", ours, lambda one: _post(f"/confirm/{tokens[one]}", choice="", authorized="y", revision="1"),
            least, lambda one: _post(f"/confirm/{names + one + 1}"), lambda: None,
        )  # fmt: skip


def _confirm_forms(engine: Engine, moment: str) -> None:
    """Have all forms count as confirmed, so that the next ones are no flood; with NULL, as unconfirmed."""
    with engine.begin() as connection:
        of_forms = "id IN (SELECT signature_id FROM submission_origin)"
        connection.execute(text(f"UPDATE signature SET confirmed_at = {moment} WHERE {of_forms}"))


@contextmanager
def _app_process(app: str, **environment: str) -> Iterator[Ask]:
    """Yield a function that sends requests to an app in a process of its own."""
    command = [sys.executable, str(Path(__file__).with_name("alone.py")), app]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env={**os.environ, **environment}, **pipes) as process:

        def ask(requests: list[Request], *, profile: bool = False) -> dict[str, Any]:
            process.stdin.write(json.dumps({"requests": requests, "profile": profile}) + "\n")
            process.stdin.flush()
            result: dict[str, Any] = json.loads(process.stdout.readline())
            return result

        try:
            yield ask
        finally:
            process.stdin.close()
            process.wait(20)


def _round(ask: Ask, request: Callable[[int], Request], start: int) -> dict[str, Any]:
    result = ask([request(one) for one in range(start, start + REQUESTS_PER_ROUND)])
    if set(result["statuses"]) != {"303"}:
        sys.exit(f"odd answers: {result['statuses']}\n{result['text']}")
    return result


def _row(database: str, names: int, name: str, found: list[tuple[dict[str, Any], dict[str, Any]]]) -> str:
    cost = median(mine["cpu"] / peer["cpu"] for peer, mine in found)
    peer, mine = found[-1]
    queries, commits = "before_cursor_execute", "commit"
    return (
        f"| {database} | {names:,} | {name} | {median(one['cpu'] for _, one in found):.2f} | {cost:.2f} | {mine[queries]:.1f} "
        f"| {mine[queries] / peer[queries]:.1f} | {mine.get('after_flush', 0):.1f} | {mine[commits]:.1f} |"
    )


def _post(path: str, /, **form: str) -> Request:
    return {"path": path, "body": urlencode(form)}


def _sign_forms(ours: Ask) -> Callable[[int], Request]:
    """Return the form as a browser sends it: each with an old enough form token of its own, from some hundred networks."""
    path = f"/letters/{SLUG}/sign"
    page = ours([{"method": "GET", "path": path}])
    token = page["text"].partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    cookie = page["head"]["Set-Cookie"].partition(";")[0]
    stamp = page["text"].partition('name="form_token"')[2].partition('value="')[2].partition('"')[0]
    links, started = LinkSigner((SECRET,)), time.time_ns()
    letter_id = links.open(Purpose.FORM, stamp).subject[0]
    stamps = [links.token(Purpose.FORM, letter_id, started + one) for one in range(2 * FORMS + REQUESTS_PER_ROUND)]
    time.sleep(2.5)
    return lambda one: _post(
        path, csrf_token=token, organization=f"Council {one}", website=f"https://c{one}.example", signer_name="Nia Example",
        signer_title="Director", email=f"n@c{one}.example", location="Springfield, IL", section="national", authorized="y",
        revision="1", form_token=stamps[one],
    ) | {"cookie": cookie, "address": f"203.0.{one % 200}.7"}  # fmt: skip


if __name__ == "__main__":
    main()
