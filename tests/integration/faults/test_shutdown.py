"""R2: on SIGTERM, requests in flight are finished and job leases released at once, whichever process gets the signal."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from letterhub.clock import now
from letterhub.commands.editions.file_jobs import render_edition_file
from letterhub.config import MailServer, Settings
from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.operations.render_jobs import JobState
from letterhub.infrastructure.db import db, end_read_transaction, migration_lock
from letterhub.models import EditionFile, Letter, OutboxMessage, Signature
from letterhub.queries.editions.editions import edition_files_to_render
from letterhub.rendering.pdf import fonts
from tests.integration.faults.test_kills import FILL_SECONDS, Crowd, run_site
from tests.support import editions, factories
from tests.support.servers.command_line import settings_environment
from tests.support.servers.faulty_mail_server import MailFault, run_faulty_server
from tests.support.servers.mail_server import Inbox
from tests.support.servers.worker_process import (
    TIMEOUT,
    count_by_message_id,
    expire_leases,
    queue_emails,
    unsent_count,
    wait_until,
)

pytestmark = pytest.mark.shows("R2")

ONCE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@contextmanager
def run_worker_group(settings: Settings, words: tuple[str, ...] = ("worker",)) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker, by the words of its command, with all its children in a process group of its own."""
    command = [sys.executable, "-c", "from letterhub.cli import main; main()", *words]
    environment = {"PATH": os.environ["PATH"], **settings_environment(settings)}
    with subprocess.Popen(command, env=environment, start_new_session=True) as worker:
        try:
            yield worker
        finally:
            with suppress(ProcessLookupError):  # it ended by itself
                os.killpg(worker.pid, signal.SIGKILL)


def pdf_state() -> tuple[JobState, int]:
    end_read_transaction()
    row = db.session.execute(select(EditionFile.state, EditionFile.attempts).where(EditionFile.format == FileFormat.PDF)).one()
    return row.state, row.attempts


@pytest.mark.parametrize(("database_url", "whole_group"), [("sqlite", True), ("postgresql", False)], indirect=["database_url"])
def test_a_drawing_goes_back_at_once_and_its_try_does_not_count(app: Flask, settings: Settings, whole_group: bool) -> None:
    letter = factories.open_letter(
        replace(factories.TEXT, body="A paragraph that takes a while. " * 400 + "\n\n" + "Another.\n\n" * 800)
    )
    factories.signature(letter)
    editions.freeze_unrendered(letter)
    with run_worker_group(settings) as worker:
        wait_until(lambda: pdf_state() == (JobState.RUNNING, 1))
        if whole_group:  # as at a shutdown: the worker and its PDF workers
            os.killpg(worker.pid, signal.SIGTERM)
        else:
            worker.send_signal(signal.SIGTERM)
        assert worker.wait(TIMEOUT) == 0
    assert pdf_state() == (JobState.WAITING, 0)
    undone = set(db.session.scalars(select(EditionFile.id).where(EditionFile.state != JobState.DONE)))
    assert set(edition_files_to_render(now())) <= undone != set()
    assert db.session.scalar(select(func.count()).where(EditionFile.lease_until.is_not(None))) == 0


@ONCE
def test_a_drawing_goes_back_where_a_program_that_it_asks_is_ended(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before a subprocess has a session of its own, the signal for its worker's group ends it too."""
    program = tmp_path / "fc-list"
    program.write_text("#!/bin/sh\nkill -TERM $$\n")
    program.chmod(0o755)
    letter = factories.open_letter()
    factories.signature(letter)
    editions.freeze_unrendered(letter)
    monkeypatch.setattr(fonts, "_covered_code_points", fonts._covered_code_points.__wrapped__)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    number = db.session.scalars(select(EditionFile.id).where(EditionFile.format == FileFormat.PDF)).one()
    assert not render_edition_file(number)
    assert pdf_state() == (JobState.WAITING, 0)
    monkeypatch.undo()
    assert render_edition_file(number)


@pytest.mark.parametrize("inside", [False, True])
@ONCE
def test_a_mail_in_hand_is_finished_and_no_other_is_begun(app: Flask, settings: Settings, inside: bool) -> None:
    words = one_process_command(free_port()) if inside else ("worker",)
    queue_emails(factories.signature(factories.open_letter()).id, 3)
    with run_faulty_server() as server:
        server.way = MailFault.DELAYS_REPLY
        with run_worker_group(replace(settings, mail_server=MailServer("127.0.0.1", server.port, tls=False)), words) as worker:
            wait_until(lambda: len(server.mails) == 1)
            worker.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            server.may_reply.set()
            assert worker.wait(TIMEOUT) == 0
        assert len(server.mails) == 1
    end_read_transaction()
    lines = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    assert [(line.sent_at is not None, line.lease_until, line.attempts) for line in lines] == [
        (True, None, 1),
        (False, None, 0),
        (False, None, 0),
    ]


def one_process_command(port: int) -> tuple[str, ...]:
    """Return the words of the command of a small site: one process for the pages and the worker."""
    return "serve", "--port", str(port), "--workers", "1", "--with-worker"


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_one_process_for_all_answers_and_sends_and_loses_no_mail_where_it_is_killed(
    app: Flask, settings: Settings, postbox: Inbox
) -> None:
    letter, port = factories.open_letter(), free_port()
    expected = queue_emails(factories.signature(letter).id, 200)
    with run_worker_group(settings, one_process_command(port)) as process:
        wait_until(lambda: len(postbox.mails) >= 50)
        with closing(HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
            connection.request("GET", f"/letters/{letter.slug}", headers={"Host": settings.host})
            assert connection.getresponse().status == 200
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert len(postbox.mails) < 200
    expire_leases()
    with run_worker_group(settings, one_process_command(port)):
        wait_until(lambda: unsent_count() == 0)
    assert set(count_by_message_id(postbox)) == expected
    assert max(count_by_message_id(postbox).values()) <= 2


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        number: int = free.getsockname()[1]
    return number


@contextmanager
def block_writes(letter: Letter) -> Iterator[None]:
    """Hold the lock that every signature needs: on SQLite the file's, on PostgreSQL the letter's."""
    number = letter.id
    db.session.remove()
    with migration_lock() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(select(Letter.id).where(Letter.id == number).with_for_update())
        yield


@pytest.mark.parametrize("whole_group", [True, False])
@ONCE
def test_a_request_in_hand_is_answered(app: Flask, settings: Settings, whole_group: bool) -> None:
    letter, port = factories.open_letter(deadline_at=None), free_port()
    crowd = Crowd(port)
    answers: list[bool] = []
    with run_site(replace(settings, public_url=f"http://127.0.0.1:{port}"), port) as site:
        wait_until(lambda: is_listening(port))
        form = crowd._opened()
        time.sleep(FILL_SECONDS)
        signing = threading.Thread(target=lambda: answers.append(crowd._signed("n1@alliance.example", *form)))
        with block_writes(letter):
            signing.start()
            time.sleep(1)  # the request is in flight
            os.killpg(site.pid, signal.SIGTERM) if whole_group else site.send_signal(signal.SIGTERM)
            time.sleep(1)
        signing.join(TIMEOUT)
        ended = site.wait(TIMEOUT)
    assert (answers, ended) == ([True], 0)
    end_read_transaction()
    assert db.session.scalars(select(Signature.email)).all() == ["n1@alliance.example"]


def is_listening(port: int) -> bool:
    """Return whether someone listens there."""
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0
