"""Load on the public forms, and its effect on readers: `.venv/bin/python -m audit.load`.

For each form, 64 connections send it for 30 seconds, while another process requests the public page of the letter and the page
of its form every 50 ms; the same pages are measured for five seconds before. The site is as an operator sets it up: `letterhub
serve` with two web processes, `letterhub worker`, a durable PostgreSQL or SQLite, a mail server that accepts everything, alone
or behind the nginx of `deploy/`. Everything runs on this machine, the clients too.

Each connection has one request at a time and pauses for 0.1 s after a response: that is more than the site can handle, and
leaves it the CPU to say so. `--pause 0` leaves out the pause. Forms come from one network or from 64, by X-Forwarded-For. Exits
with 1 if the 99th percentile of a page was above one second.

    python -m audit.load --database sqlite --front alone --networks 64 --forms reset sign-in --seconds 10
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from audit.load.client import quantile
from audit.load.forms import FORMS, Target
from bench.machines.processes import Machine, MissingProgram, free_port, mail_server, postgresql, proxy, shared_settings

BASELINE_SECONDS = 5.0  # seconds
READ_EVERY = 0.05
CONNECTIONS = 64
MAX_P99 = 1.0  # second, of the 99th percentile
FORMS_PER_KIND = 3000  # forms of each kind: more than are used in a run
WARMUP_REQUESTS = 50  # times that the form is requested first
START_TIMEOUT = 60  # seconds until a site that does not answer is given up


def main() -> int:
    """Measure what was asked for and print a table; return the status."""
    arguments = parse_arguments()
    print(
        "| database | front | networks | form | page p99 before | during | form’s page p99 before | during | answers a second |"
    )
    print("|---|---|--:|---|--:|--:|--:|--:|---|")
    slowest = 0.0
    for database in arguments.database:
        for front in arguments.front:
            for networks in arguments.networks:
                with _site(database, front, networks) as target:
                    for name in arguments.forms:
                        cells, p99 = _measure_form(target, name, arguments)
                        slowest = max(slowest, p99)
                        print(f"| {database} | {front} | {networks} | {name} | {cells} |", flush=True)
    return 1 if slowest > MAX_P99 else 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    parser.add_argument("--front", nargs="+", default=["alone", "nginx"], choices=["alone", "nginx"])
    parser.add_argument("--networks", nargs="+", type=int, default=[1, 64])
    parser.add_argument("--forms", nargs="+", default=list(FORMS), choices=list(FORMS))
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--pause", type=float, default=0.1)
    return parser.parse_args()


@contextmanager
def _site(kind: str, front: str, networks: int) -> Iterator[Target]:
    """Yield a new site with a filled database."""
    with tempfile.TemporaryDirectory(prefix="letterhub-load-") as passing, ExitStack() as stack:
        folder, behind, mail_port = Path(passing), free_port(), free_port()
        port = free_port() if front == "nginx" else behind
        stack.enter_context(mail_server(mail_port, folder / "mails"))
        database = stack.enter_context(postgresql()) if kind == "postgresql" else f"sqlite:///{folder}/site.db"
        settings = shared_settings(database, "", mail_port, port)
        Machine("migration", ["migrate"], settings, folder).run()
        standing = Machine("standing", [str(FORMS_PER_KIND)], settings, folder, [sys.executable, "-m", "audit.load.standing"])
        filled = json.loads(standing.output())
        for name, words in (("web", ["serve", "--port", str(behind)]), ("worker", ["worker"])):
            machine = Machine(name, words, settings, folder)
            stack.callback(machine.kill)
            machine.start()
        if front == "nginx":
            stack.enter_context(proxy(folder, port, [behind]))
        target = Target(port, front == "nginx", networks, filled)
        _wait_for(target)
        yield target


def _wait_for(target: Target) -> None:
    """Wait until both web processes have rendered the form, and the form tokens are old enough."""
    until, shown = time.monotonic() + START_TIMEOUT, 0
    while shown < WARMUP_REQUESTS:
        try:
            for page in (target.letter, f"{target.letter}/sign"):
                target.form(page, 'name="form_token"')
            shown += 1
        except (OSError, EOFError):
            if time.monotonic() > until:
                raise MissingProgram("The site did not start.") from None
        time.sleep(0.1)


def _measure_form(target: Target, name: str, arguments: argparse.Namespace) -> tuple[str, float]:
    """Return the cells of a row, and the larger 99th percentile under load, in seconds."""
    requests = [one.decode() for one in FORMS[name](target)]
    reading: dict[str, Any] = {
        "port": target.port,
        "tls": target.tls,
        "pages": [target.letter, f"{target.letter}/sign"],
        "every": READ_EVERY,
    }
    before = _read_result(_start_client("readers", reading | {"seconds": BASELINE_SECONDS}))
    job = {"port": target.port, "tls": target.tls, "connections": CONNECTIONS, "pause": arguments.pause, "requests": requests}
    sending = _start_client("senders", job | {"seconds": arguments.seconds})
    during = _read_result(_start_client("readers", reading | {"seconds": arguments.seconds}))
    sent = _read_result(sending)
    cells = [f"{quantile(took[path], 0.99):.3f} s" for path in reading["pages"] for took in (before, during)]
    answers = ", ".join(f"{count / arguments.seconds:.1f} × {status}" for status, count in sorted(sent["statuses"].items()))
    return " | ".join([*cells, answers]), max(quantile(took, 0.99) for took in during.values())


def _start_client(client: str, job: dict[str, Any]) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", f"audit.load.{client}"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    process.stdin.write(json.dumps(job))
    process.stdin.close()
    return process


def _read_result(process: "subprocess.Popen[str]") -> Any:
    assert process.stdout is not None
    answer = json.loads(process.stdout.read())
    process.wait()
    return answer


if __name__ == "__main__":
    try:
        sys.exit(main())
    except MissingProgram as missing:
        sys.exit(str(missing))
