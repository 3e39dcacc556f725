"""Command `letterhub demo`: a site with sample data, its server and its worker."""

import contextlib
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import click
from flask import Flask

from letterhub.app import create_app
from letterhub.cli.bootstrap import alternative_port, port_problem
from letterhub.cli.demo_delivery import take_next_step
from letterhub.clock import now
from letterhub.commands.operations.demo import load_demo
from letterhub.commands.operations.demo_closed_letter import ClosedLetter, load_closed_letter
from letterhub.commands.operations.migrate import migrate_to_newest
from letterhub.config import InvalidSettings, demo_environment, parse_settings
from letterhub.domain.errors import UserFacingError
from letterhub.domain.operations.demo_accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from letterhub.paths import ROOT

LETTER = "keep-every-public-library-open-and-connected"
DELIVERED_LETTER = "fund-a-summer-of-reading-in-every-county"
DELIVERED = ROOT / "demo" / "delivered"


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="The address to listen on: one that only this machine reaches."
)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def demo(host: str, port: int) -> None:
    """Load the demo and serve it with its worker, until Ctrl-C.

    Keeps its data in var/, or in LETTERHUB_DATA_DIR. Email goes to a mailbox page that everyone may read, so the demo runs
    on this machine only.
    """
    if problem := port_problem(host, port):
        raise click.ClickException(f"{problem} Choose another: make run PORT={alternative_port(port)}")
    environment = demo_environment(f"http://127.0.0.1:{port}")
    app, letter = _prepare(environment)
    _print_urls(port, app.extensions["settings"].data_dir)
    sys.exit(_run(environment, host, port, app, letter))


def _prepare(environment: Mapping[str, str]) -> tuple[Flask, ClosedLetter | None]:
    """Return the app of the demo after loading its data, and the letter to deliver while it runs, if there still is one."""
    try:
        app = create_app(parse_settings(environment))
    except InvalidSettings as error:
        raise click.ClickException("\n".join(error.sentences)) from error
    with app.app_context():
        migrate_to_newest()
        load_demo(ROOT / "demo", now())
        return app, load_closed_letter(DELIVERED, now())


def _print_urls(port: int, data_dir: Path) -> None:
    site = f"http://127.0.0.1:{port}"
    click.echo(f"\n  Letterhub is at     {site}")
    click.echo(f"  An open letter      {site}/letters/{LETTER}")
    click.echo(f"  A delivered letter  {site}/letters/{DELIVERED_LETTER}")
    click.echo(f"  Every email sent    {site}/demo/mailbox")
    click.echo(f"  Staff sign in at    {site}/sign-in, with the password “{DEMO_PASSWORD}”:")
    for account in DEMO_ACCOUNTS:
        click.echo(f"      {account.email:24} {account.role}{', and operator of the site' if account.is_operator else ''}")
    folder = data_dir.relative_to(ROOT) if data_dir.is_relative_to(ROOT) else data_dir
    click.echo(f"\n  Press Ctrl-C to stop. Your changes are kept in {folder}/ for next time.\n")


def _run(environment: Mapping[str, str], host: str, port: int, app: Flask, letter: ClosedLetter | None) -> int:
    """Run server and worker until one of them ends or Ctrl-C, then end both. Return the exit status.

    Meanwhile the letter is delivered, step by step as the worker renders its files and sends its emails: so the demo starts
    without waiting for them.
    """
    program = [sys.executable, "-m", "letterhub.cli"]
    processes = [
        subprocess.Popen([*program, *arguments], env=environment)  # noqa: S603
        for arguments in (("serve", "--host", host, "--port", str(port), "--workers", "1"), ("worker",))
    ]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        while all(process.poll() is None for process in processes):
            with contextlib.suppress(subprocess.TimeoutExpired):
                processes[0].wait(0.5)
            if letter is not None and not _take_step(app, letter):
                letter = None
        return next(code for process in processes if (code := process.poll()) is not None)
    except KeyboardInterrupt:
        return 0
    finally:
        _end_processes(processes)


def _take_step(app: Flask, letter: ClosedLetter) -> bool:
    """Take the next step of a letter's delivery; return whether there is another one."""
    with app.app_context():
        try:
            return take_next_step(letter, DELIVERED)
        except UserFacingError as refusal:  # somebody was faster, by hand
            click.echo(f"  The demo’s letter was not delivered: {refusal}")
            return False


def _end_processes(processes: list["subprocess.Popen[bytes]"]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(10)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            process.kill()
