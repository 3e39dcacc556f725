"""R2: web processes are killed while people sign; everyone promised an email has a signature and a queued email."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select

from letterhub.app import site_context
from letterhub.commands.operations.migrate import migrate_to_newest
from letterhub.config import Settings
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import OutboxMessage, Signature
from tests.support import factories
from tests.support.cast import CLARA
from tests.support.missing import skip_missing
from tests.support.servers.command_line import settings_environment
from tests.support.servers.database_copies import settings_for
from tests.support.servers.postgres_server import create_cluster, server_programs
from tests.support.servers.worker_process import wait_until

PEOPLE = 4
TABS = 3  # forms that each person has open at once; a form is taken once
FILL_SECONDS = 3  # that a person takes for a form: a faster one is refused
KILLS = 2
BETWEEN = 12  # acknowledged signatures between two kills
FORM = "/letters/clean-rivers-for-everyone/sign"


class HiddenFieldParser(HTMLParser):
    """Parser of a page's hidden fields."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "input" and attributes.get("type") == "hidden":
            self.fields[str(attributes["name"])] = attributes.get("value") or ""


Form = tuple[str, dict[str, str]]
"""Cookie and hidden fields of a form that was opened with it."""


class Crowd:
    """Signers, one after the other, each a new person; `promised` holds the addresses to which an email was promised."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.promised: set[str] = set()
        self.tired = threading.Event()

    def sign(self, person: int) -> None:
        """Sign until stopped; an aborted request was not acknowledged, and is not retried."""
        number = 0
        while not self.tired.is_set():
            try:
                forms = [self._opened() for _ in range(TABS)]
                self.tired.wait(FILL_SECONDS)
                for form in forms:
                    number += 1
                    email = f"n{person}-{number}@alliance.example"
                    if self._signed(email, *form):
                        self.promised.add(email)
            except (OSError, HTTPException):
                self.tired.wait(0.05)

    def _opened(self) -> Form:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            connection.request("GET", FORM)
            page = connection.getresponse()
            cookie = (page.getheader("Set-Cookie") or "").partition(";")[0]
            return cookie, HiddenFieldParser(page.read().decode()).fields

    def _signed(self, email: str, cookie: str, hidden: dict[str, str]) -> bool:
        typed = hidden | CLARA.form | {"authorized": "y", "email": email, "organization": f"Alliance {email.partition('@')[0]}"}
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            connection.request("POST", FORM, urlencode(typed), kind)
            return connection.getresponse().status == 303


@contextmanager
def run_site(settings: Settings, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run the site in processes of its own, all killed at the end."""
    command = [sys.executable, "-c", "from letterhub.cli import main; main()", "serve", "--port", str(port)]
    environment = {"PATH": os.environ["PATH"], **settings_environment(settings), "LETTERHUB_DEMO": "1"}  # without DNS lookups
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet, start_new_session=True) as process:
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):  # it ended by itself
                os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        number: int = free.getsockname()[1]
    return number


@pytest.mark.shows("R2")
def lost_signatures(crowd: Crowd) -> set[str]:
    """Return the addresses whose promised email is not queued, or whose signature is missing."""
    end_read_transaction()
    mailed = select(Signature.email).join(OutboxMessage, OutboxMessage.signature_id == Signature.id)
    return crowd.promised - set(db.session.scalars(mailed))


@contextmanager
def keep_signing(crowd: Crowd) -> Iterator[None]:
    """Have people sign while the block lasts."""
    people = [threading.Thread(target=crowd.sign, args=(person,)) for person in range(PEOPLE)]
    for each in people:
        each.start()
    try:
        yield
    finally:
        crowd.tired.set()
        for each in people:
            each.join(30)


@pytest.mark.shows("R4")
def test_no_signature_is_lost_where_postgresql_is_killed_under_load(tmp_path: Path, port: int) -> None:
    programs = server_programs()
    if programs is None:
        skip_missing("PostgreSQL is not installed: on Debian, apt-get install postgresql.")
    with create_cluster(programs) as cluster:
        with cluster.running() as server:
            server.copy("template1", "letters")
            settings = settings_for(server.url("letters"), tmp_path, f"http://127.0.0.1:{port}")
            with site_context(settings):
                migrate_to_newest()
                factories.open_letter(deadline_at=None)
        crowd = Crowd(port)
        with ExitStack() as site:
            for round_number in range(KILLS):
                enough = len(crowd.promised) + BETWEEN
                with cluster.running():
                    if round_number == 0:
                        site.enter_context(run_site(settings, port))
                        site.enter_context(keep_signing(crowd))
                    wait_until(lambda: len(crowd.promised) >= enough)  # noqa: B023 - called at once
        with cluster.running(), site_context(settings):
            assert lost_signatures(crowd) == set()


def test_no_signature_is_lost_that_was_acknowledged(app: Flask, settings: Settings, port: int) -> None:
    letter = factories.open_letter(deadline_at=None)
    crowd = Crowd(port)
    with keep_signing(crowd):
        for _ in range(KILLS):
            enough = len(crowd.promised) + BETWEEN
            with run_site(replace(settings, public_url=f"http://127.0.0.1:{port}"), port):
                wait_until(lambda: len(crowd.promised) >= enough)  # noqa: B023 - called at once
    end_read_transaction()
    ids_by_email = dict(db.session.execute(select(Signature.email, Signature.id).where(Signature.letter_id == letter.id)).all())
    mailed = set(db.session.scalars(select(OutboxMessage.signature_id)))
    assert crowd.promised - set(ids_by_email) == set()
    assert mailed == set(ids_by_email.values())
