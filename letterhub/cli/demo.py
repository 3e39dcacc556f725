"""Command `letterhub demo`: a site with sample data, its server and its worker."""

import contextlib
import http.client
import signal
import subprocess
import sys
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask import Flask

from letterhub.app import create_app
from letterhub.cli.bootstrap import alternative_port, port_problem
from letterhub.clock import now
from letterhub.commands.editions.delivery_emails import send_delivery_email
from letterhub.commands.editions.freeze import freeze
from letterhub.commands.operations.demo import load_demo
from letterhub.commands.operations.demo_closed_letter import ClosedLetter, load_closed_letter
from letterhub.commands.operations.migrate import migrate_to_newest
from letterhub.commands.press.replies import record_reply
from letterhub.config import InvalidSettings, demo_environment, parse_settings
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.editions.delivery_emails import CoverEmail, CoverEmailRequest, EmailRecipient, RecipientState
from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.errors import UserFacingError
from letterhub.domain.mail.mail_words import MailWords
from letterhub.domain.operations.demo_accounts import DEMO_ACCOUNTS, DEMO_PASSWORD, DEMO_ZONE
from letterhub.domain.press.replies import ReplyFacts
from letterhub.paths import ROOT
from letterhub.queries.editions.deliveries import valid_deliveries
from letterhub.queries.editions.delivery_recipients import delivery_emails_of
from letterhub.queries.editions.editions import editions_of
from letterhub.queries.editions.next_edition import letter_version

LETTER = "keep-every-public-library-open-and-connected"
DELIVERED_LETTER = "fund-a-summer-of-reading-in-every-county"
DELIVERED = ROOT / "demo" / "delivered"
FORM_TOKEN = "demo"  # noqa: S105 - key of a form, so that a step taken twice acts once
REPLY_FROM = "Office of the Governor (Example)"
RECIPIENTS = (
    EmailRecipient("Governor Ejemplo", "governor@state-house.example"),
    EmailRecipient("Speaker Sample", "speaker@delegates.example"),
    EmailRecipient("Chair Imaginary", "appropriations@delegates.example"),
)


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
    click.echo("\n  Starting Letterhub with its demo. This takes some seconds.")
    environment = demo_environment(f"http://127.0.0.1:{port}")
    app, letter = _prepare(environment)
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

    The addresses are printed once the server answers. Then the letter is delivered, step by step as the worker renders its
    files and sends its emails: so the demo starts without waiting for them.
    """
    program = [sys.executable, "-m", "letterhub.cli"]
    processes = [
        subprocess.Popen([*program, *arguments], env=environment)  # noqa: S603
        for arguments in (("serve", "--host", host, "--port", str(port), "--workers", "1"), ("worker",))
    ]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    is_ready = False
    try:
        while all(process.poll() is None for process in processes):
            with contextlib.suppress(subprocess.TimeoutExpired):
                processes[0].wait(0.5)
            if not is_ready and (is_ready := _answers(host, port)):
                _print_urls(port, app.extensions["settings"].data_dir)
            if letter is not None and not _take_step(app, letter):
                letter = None
        return next(code for process in processes if (code := process.poll()) is not None)
    except KeyboardInterrupt:
        return 0
    finally:
        _end_processes(processes)


def _answers(host: str, port: int) -> bool:
    """Return whether the server answers requests: it listens before it does."""
    try:
        with contextlib.closing(http.client.HTTPConnection(host, port, timeout=2)) as connection:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False


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


def take_next_step(letter: ClosedLetter, folder: Path) -> bool:
    """Take the next step of the delivery, as its staff would, unless it waits for the worker; return whether another is left.

    `folder` has the cover note and the reply. What somebody did to the letter meanwhile stays as it is.
    """
    actor = ReferenceKind.STAFF.reference(letter.staff_id)
    editions, emails = editions_of(letter.letter_id), delivery_emails_of(letter.letter_id)
    if not editions:
        freeze(letter.letter_id, letter_version(letter.letter_id), actor=actor, staff_id=letter.staff_id, at=now())
        return True
    if not emails:
        if editions[-1].is_complete:
            _send(editions[-1].id, letter.staff_id, actor, folder)
        return editions[-1].is_complete or not editions[-1].is_finished
    if valid_deliveries(letter.letter_id):
        _record_reply(letter, actor, folder)
        return False
    return any(one.state is RecipientState.QUEUED for one in emails[-1].recipients)


def _send(edition_id: int, staff_id: int, actor: str, folder: Path) -> None:
    subject, _, text = (folder / "cover-note.md").read_text(encoding="utf-8").removeprefix("# ").partition("\n\n")
    cover = CoverEmail(RECIPIENTS, MailWords(subject, text.strip()), (FileFormat.PDF,))
    request = CoverEmailRequest(cover, DEMO_ZONE, form_token=FORM_TOKEN)
    send_delivery_email(edition_id, request, actor=actor, staff_id=staff_id, at=now())


def _record_reply(letter: ClosedLetter, actor: str, folder: Path) -> None:
    at, text = now(), (folder / "reply.txt").read_text(encoding="utf-8").strip()
    facts = ReplyFacts(REPLY_FROM, at.astimezone(ZoneInfo(DEMO_ZONE)).date(), text, form_token=FORM_TOKEN)
    record_reply(letter.letter_id, facts, staff_id=letter.staff_id, actor=actor, at=at)
