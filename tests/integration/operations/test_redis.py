"""Redis as the queue: it holds wake-up hints alone, so killing a worker or Redis itself loses nothing."""

import json
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from letterhub.config import Settings
from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.operations.readiness import HeartbeatKind
from letterhub.domain.operations.render_jobs import JobState
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import EditionFile, Heartbeat
from tests.support import factories
from tests.support.cast import SAM
from tests.support.missing import skip_missing
from tests.support.servers.command_line import run_letterhub
from tests.support.servers.database_copies import SITE
from tests.support.servers.mail_server import Inbox
from tests.support.servers.redis_server import RedisServer, server_program
from tests.support.servers.worker_process import (
    TIMEOUT,
    count_by_message_id,
    expire_leases,
    queue_emails,
    run_worker,
    unsent_count,
    wait_until,
)
from tests.support.visitor import Visitor


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    program = server_program()
    if program is None:
        skip_missing("Redis is not installed: on Debian, apt-get install redis-server.")
    server = RedisServer(program, tmp_path)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def with_redis(settings: Settings, redis_server: RedisServer) -> Settings:
    return replace(settings, redis_url=redis_server.url)


@pytest.fixture
def signed(app: Flask) -> int:
    """The number of a signature for emails to refer to."""
    number: int = factories.signature(factories.open_letter()).id
    return number


def drawn() -> set[str]:
    end_read_transaction()
    return set(db.session.scalars(select(EditionFile.format).where(EditionFile.state == JobState.DONE)))


def test_mail_leaves_and_files_are_drawn_through_redis(
    app: Flask, with_redis: Settings, redis_server: RedisServer, postbox: Inbox, signed: int
) -> None:
    ids = queue_emails(signed, 3)
    factories.staff(SAM)
    sam = Visitor(app, SITE)
    sam.sign_in(SAM)
    proof = sam.visit("editions.preview", coalition="coalition-for-clean-rivers", slug="clean-rivers-for-everyone")
    proof.submit("Freeze this edition with one name")
    with run_worker(with_redis) as worker:
        wait_until(lambda: FileFormat.HTML in drawn() and len(postbox.mails) == 3)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(TIMEOUT) == 0
    assert count_by_message_id(postbox) == dict.fromkeys(ids, 1)
    assert redis_server.command_calls()["lpush"] >= 2
    assert not (with_redis.data_dir / "huey.db").exists()


@pytest.mark.shows("R2")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_worker_killed_in_the_middle_loses_no_mail(with_redis: Settings, postbox: Inbox, signed: int) -> None:
    ids = queue_emails(signed, 60)
    with run_worker(with_redis) as worker:
        wait_until(lambda: len(postbox.mails) >= 10)
        os.kill(worker.pid, signal.SIGKILL)
    assert len(postbox.mails) < 60
    expire_leases()
    with run_worker(with_redis):
        wait_until(lambda: unsent_count() == 0)
    assert set(count_by_message_id(postbox)) == ids
    assert max(count_by_message_id(postbox).values()) <= 2


@pytest.mark.shows("R4")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_worker_outlives_redis_and_goes_on_when_it_is_back(
    with_redis: Settings, redis_server: RedisServer, postbox: Inbox, signed: int
) -> None:
    with run_worker(with_redis) as worker:
        ids = queue_emails(signed, 1)
        wait_until(lambda: len(postbox.mails) == 1)
        redis_server.stop()
        ids |= queue_emails(signed, 20)
        wait_until(lambda: unsent_count() == 0)
        checked = run_letterhub(with_redis, "check")
        assert (
            f"NO  Queue: The queue cannot be reached: Error 111 connecting to 127.0.0.1:{redis_server.port}." in checked.stdout
        )
        assert worker.poll() is None
        redis_server.start()
        wait_until(lambda: unsent_count() == 0)
    assert count_by_message_id(postbox) == dict.fromkeys(ids, 1)


def signs(sign: HeartbeatKind) -> int:
    end_read_transaction()
    return db.session.scalar(select(func.count()).select_from(Heartbeat).where(Heartbeat.kind == sign)) or 0


def lines_of(log: Path) -> list[str]:
    return [json.loads(line)["message"] for line in log.read_text().splitlines() if line.startswith("{")]


@pytest.mark.shows("R4")
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_mail_leaves_and_files_are_drawn_while_redis_is_away(
    app: Flask, with_redis: Settings, redis_server: RedisServer, postbox: Inbox, signed: int, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    factories.staff(SAM)
    sam = Visitor(app, SITE)
    sam.sign_in(SAM)
    proof = sam.visit("editions.preview", coalition="coalition-for-clean-rivers", slug="clean-rivers-for-everyone")
    with run_worker(with_redis, log) as worker:
        ids = queue_emails(signed, 1)
        wait_until(lambda: len(postbox.mails) == 1)
        redis_server.stop()
        started = time.monotonic()
        ids |= queue_emails(signed, 20)
        wait_until(lambda: unsent_count() == 0)
        assert time.monotonic() - started < 30
        proof.submit("Freeze this edition with one name")
        wait_until(lambda: FileFormat.HTML in drawn())
        wait_until(lambda: signs(HeartbeatKind.REDIS_AWAY) == 1)
        redis_server.start()
        wait_until(lambda: signs(HeartbeatKind.REDIS_AWAY) == 0)
        ids |= queue_emails(signed, 3)
        wait_until(lambda: unsent_count() == 0 and redis_server.command_calls().get("lpush", 0) >= 1)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(TIMEOUT) == 0
    assert count_by_message_id(postbox) == dict.fromkeys(ids, 1)
    lines = lines_of(log)
    assert len([line for line in lines if line.startswith("the queue is away: Error 111 connecting")]) == 1
    assert len([line for line in lines if line.startswith("the queue answers again, after ")]) == 1
    assert len([line for line in lines if "Error reading from queue" in line]) < 12  # until the backoff is known


@pytest.mark.shows("R4")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_mail_leaves_while_redis_hangs_or_takes_no_tasks(
    with_redis: Settings, redis_server: RedisServer, postbox: Inbox, signed: int
) -> None:
    with run_worker(with_redis) as worker:
        queue_emails(signed, 1)
        wait_until(lambda: len(postbox.mails) == 1)
        redis_server.hang(True)
        started = time.monotonic()
        queue_emails(signed, 5)
        wait_until(lambda: unsent_count() == 0)
        assert time.monotonic() - started < 45
        redis_server.hang(False)
        redis_server.refuse_writes()  # it responds, and refuses every task: its memory is full
        queue_emails(signed, 5)
        wait_until(lambda: unsent_count() == 0)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(TIMEOUT) == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_worker_that_began_without_redis_works_and_ends_at_once_when_told(
    with_redis: Settings, redis_server: RedisServer, postbox: Inbox, signed: int
) -> None:
    redis_server.stop()
    with run_worker(with_redis) as worker:
        queue_emails(signed, 3)
        wait_until(lambda: unsent_count() == 0)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(10) == 0


@pytest.mark.shows("R4")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_pages_answer_and_signatures_are_kept_while_redis_is_away(
    app: Flask, with_redis: Settings, redis_server: RedisServer, postbox: Inbox, signed: int
) -> None:
    redis_server.stop()
    with run_worker(with_redis) as worker:  # started before Redis
        ids = queue_emails(signed, 1)
        assert Visitor(app, SITE).open("/letters/clean-rivers-for-everyone").response.status_code == 200
        redis_server.start()
        wait_until(lambda: len(postbox.mails) == 1)
        assert worker.poll() is None
    assert count_by_message_id(postbox) == dict.fromkeys(ids, 1)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_check_says_that_redis_answers(app: Flask, with_redis: Settings) -> None:
    assert "ok  Queue: Redis answers" in run_letterhub(with_redis, "check").stdout
