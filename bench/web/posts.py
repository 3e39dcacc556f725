"""Benchmark of signing and confirming without a server, beside floor and minimal app: `.venv/bin/python bench/web/posts.py`.

Each app has a process of its own, and they are measured in alternation, under the same conditions. Measured are CPU seconds,
statements, and for how many milliseconds the letter's row is locked; speed is the inverse of CPU. `--profile` prints a profile.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

from databases import databases
from filling import SLUG, fill_letterhub, fill_minimal, test_rows
from ours import SECRET
from sqlalchemy import Engine, create_engine, select, text

from letterhub.infrastructure.db import Base, UtcDateTime
from letterhub.infrastructure.signed_links import LinkSigner, Purpose

ROUNDS, REQUESTS_PER_ROUND = 8, 25
FORMS = (ROUNDS + 1) * REQUESTS_PER_ROUND
OWN_COLUMNS = {"message_id", "content", "sha256", "hash", "previous", "head", "expires_at"}
"""Columns in which the rows of two equal forms differ, besides times: chance, and hashes of times."""
Ask = Callable[..., dict[str, Any]]
Request = dict[str, str]


def main() -> None:
    """Print a row for each form and database; with `--profile`, a profile."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--names", type=int, default=1_000)
    parser.add_argument("--database", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    arguments = parser.parse_args()
    print("| database | names | form | CPU ms | minimal | floor | of minimal | of the floor's | statements | floor | held |")
    print("|---|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    for database in arguments.database:
        with _apps(database, arguments.names) as (apps, cases):
            for name, requests, between in cases:
                rounds: list[list[dict[str, Any]]] = []
                for at in range(0, FORMS, REQUESTS_PER_ROUND):
                    between()
                    rounds.append([_round(app, request, at) for app, request in zip(apps, requests, strict=True)])
                print(_row(database, arguments.names, name, rounds[1:]), flush=True)  # the first round warms up
                if arguments.profile:
                    more = range(FORMS, FORMS + REQUESTS_PER_ROUND)
                    apps[0]([requests[0](one) for one in more], profile=True)
                    apps[1]([requests[1](one) for one in more])


Case = tuple[str, Sequence[Callable[[int], Request]], Callable[[], None]]


@contextmanager
def _apps(database: str, names: int) -> Iterator[tuple[list[Ask], list[Case]]]:
    """Yield ours, the floor and the minimal app on filled databases, and what is posted: its name, each app's requests, and
    what is done before each round."""
    rows = test_rows(names, FORMS + REQUESTS_PER_ROUND)
    with databases(database, "ours", "plain", "minimal") as (url, plain_url, least_url, folder), ExitStack() as stack:
        tokens = fill_letterhub(url, folder, rows, names).tokens
        fill_letterhub(plain_url, folder, rows, names)
        fill_minimal(least_url, rows, names)
        environment = {"BENCH_FOLDER": folder, "BENCH_CACHE_SECONDS": "0"}
        urls = {"ours": url, "plain": plain_url, "minimal": least_url}
        apps = [stack.enter_context(_app_process(app, BENCH_DATABASE=at, **environment)) for app, at in urls.items()]
        forms, engines = _sign_forms(apps[0]), [create_engine(url), create_engine(plain_url)]
        least_form = _post("/sign", organization="Alliance", email="n@a.example")

        def confirmation(one: int) -> Request:
            return _post(f"/confirm/{tokens[one]}", choice="", authorized="y", revision="1")

        def case(name: str, moment: str, first: int) -> Case:
            ours = partial(_numbered, forms, first)
            return name, (ours, ours, lambda _one: least_form), partial(_confirm_forms, engines, moment)

        least = partial(_numbered, lambda one: _post(f"/confirm/{one}"), names + 1)
        confirming: Case = ("confirm", (confirmation, confirmation, least), lambda: None)
        yield apps, [case("sign", "created_at", 0), case("sign, in a flood", "NULL", FORMS), confirming]
        _check_same_rows(*engines)


def _numbered(request: Callable[[int], Request], first: int, one: int) -> Request:
    return request(first + one)


def _check_same_rows(ours: Engine, plain: Engine) -> None:
    """Exit with an error if the floor wrote fewer or more rows than we, or other values than such as differ anyhow."""
    with ours.connect() as mine, plain.connect() as its:
        for table in Base.metadata.sorted_tables:
            columns = [one for one in table.columns if one.key not in OWN_COLUMNS and not isinstance(one.type, UtcDateTime)]
            rows, others = (sorted(map(repr, each.execute(select(*columns)))) for each in (mine, its))
            if rows != others:
                sys.exit(f"the floor's {table.name} differs from ours:\n{min(set(rows) ^ set(others))}")


def _confirm_forms(engines: Sequence[Engine], moment: str) -> None:
    """Have all forms count as confirmed, so that the next ones are no flood; with NULL, as unconfirmed."""
    for engine in engines:
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


def _row(database: str, names: int, name: str, rounds: list[list[dict[str, Any]]]) -> str:
    ours, plain, least = ([one[at] for one in rounds] for at in range(3))
    milliseconds = " | ".join(f"{median(one['cpu'] for one in app):.2f}" for app in (ours, least, plain))
    of_minimal = median(mine["cpu"] / its["cpu"] for mine, its in zip(ours, least, strict=True))
    of_plain = median(its["cpu"] / mine["cpu"] for mine, its in zip(ours, plain, strict=True))
    statements = " | ".join(f"{app[-1]['statements']:.1f}" for app in (ours, plain))
    held = f"{min(one['held'] for one in ours):.2f}"
    return f"| {database} | {names:,} | {name} | {milliseconds} | {of_minimal:.2f} | {of_plain:.0%} | {statements} | {held} |"


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
