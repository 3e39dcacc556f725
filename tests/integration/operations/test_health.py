"""Health checks for load balancers and monitoring: alive, ready, or the part of the site that is not."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import text, update
from time_machine import Traveller

from letterhub.app import create_app
from letterhub.clock import now
from letterhub.commands.mail.send import send_due_mail
from letterhub.commands.operations.heartbeat import delete_heartbeat, record_heartbeat
from letterhub.config import MailServer, Settings
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.operations.clock_skew import WrongClock
from letterhub.domain.operations.readiness import HeartbeatKind
from letterhub.infrastructure.db import db
from letterhub.mail.outbox import queue_mail
from letterhub.models import Heartbeat, OutboxMessage
from letterhub.queries.operations import health
from letterhub.queries.operations.health import clock_problem, live_worker_machines
from letterhub.web import monitoring
from letterhub.web.monitoring import ReadinessProbe
from tests.support import factories
from tests.support.cast import CLARA
from tests.support.database_statements import record_statements
from tests.support.servers.database_copies import SITE
from tests.support.servers.mail_server import Inbox
from tests.support.visitor import Visitor

MINUTE = dt.timedelta(minutes=1)


def readiness(visitor: Visitor, part: str = "") -> tuple[int, str]:
    answer = visitor.ask(f"/readyz{part}")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("text/plain", "no-store")
    return answer.status_code, answer.get_data(as_text=True).splitlines(keepends=True)[0]


def all_is_well(worker: str = "one") -> None:
    for sign in (HeartbeatKind.WORKER, HeartbeatKind.QUEUE):
        record_heartbeat(sign, worker, "a1b2c3d4e5f6", now())


@contextmanager
def assert_no_queries() -> Iterator[None]:
    """Fail if the block queries the database."""
    with record_statements() as statements:
        yield
    assert statements == []


def test_a_process_says_that_it_is_alive_and_touches_nothing(app: Flask, visitor: Visitor) -> None:
    with assert_no_queries():
        answer = visitor.ask("/healthz")
    assert (answer.status_code, answer.get_data(as_text=True), answer.mimetype) == (200, "alive\n", "text/plain")
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_database_that_is_away_leaves_a_process_alive_and_not_ready(settings: Settings) -> None:
    app = create_app(replace(settings, database_url="postgresql+psycopg://127.0.0.1:1/letters"))
    visitor = Visitor(app, SITE)
    with app.app_context():
        assert visitor.ask("/healthz").status_code == 200
        for part in ("", "/database", "/tables", "/worker"):
            assert readiness(visitor, part) == (503, "database\n")


def test_a_database_of_another_version_is_not_ready(app: Flask, visitor: Visitor) -> None:
    all_is_well()
    db.session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    db.session.commit()
    assert readiness(visitor) == (503, "tables\n")
    assert readiness(visitor, "/worker") == (503, "tables\n")
    assert readiness(visitor, "/database") == (200, "ready\n")


def test_a_site_is_ready_while_worker_and_queue_show_themselves(app: Flask, visitor: Visitor, clock: Traveller) -> None:
    assert readiness(visitor) == (503, "worker\n")
    all_is_well()
    assert readiness(visitor) == (200, "ready\n")
    clock.shift(2 * MINUTE)
    assert readiness(visitor) == (503, "worker\n")
    assert readiness(visitor, "/database") == (200, "ready\n")
    clock.shift(4 * MINUTE)
    record_heartbeat(HeartbeatKind.WORKER, "one", "a1b2c3d4e5f6", now())
    assert readiness(visitor) == (503, "queue\n")
    assert readiness(visitor, "/worker") == (200, "ready\n")
    record_heartbeat(HeartbeatKind.QUEUE, "two", "a1b2c3d4e5f6", now())
    assert readiness(visitor) == (200, "ready\n")


def test_mail_that_nobody_takes_is_told_and_mail_that_waits_for_its_turn_is_not(visitor: Visitor, clock: Traveller) -> None:
    signature = factories.signature(factories.open_letter(deadline_at=None))
    line = factories.save(queue_mail(MailKind.SIGNED, CLARA.email, at=now(), signature_id=signature.id))
    line.due_at = now() + dt.timedelta(hours=1)
    db.session.commit()
    clock.shift(30 * MINUTE)
    all_is_well()
    assert readiness(visitor) == (200, "ready\n")
    clock.shift(41 * MINUTE)
    all_is_well()
    assert readiness(visitor) == (503, "mail\n")
    assert readiness(visitor, "/mail") == (503, "mail\n")
    assert readiness(visitor, "/queue") == (200, "ready\n")


@pytest.mark.shows("R3")
def test_a_mail_server_that_is_away_is_told_and_one_recipients_is_not(
    visitor: Visitor, clock: Traveller, settings: Settings, postbox: Inbox
) -> None:
    signature = factories.signature(factories.open_letter(deadline_at=None))
    factories.save(queue_mail(MailKind.SIGNED, CLARA.email, at=now(), signature_id=signature.id))
    away = replace(settings, mail_server=MailServer("127.0.0.1", 1, tls=False))

    def pass_an_hour(having: Settings) -> tuple[int, str]:
        for _ in range(20):
            clock.shift(3 * MINUTE)
            send_due_mail(having)
        all_is_well()
        return readiness(visitor)

    postbox.answer = "451 come back later"
    assert pass_an_hour(settings) == (200, "ready\n")
    db.session.execute(update(OutboxMessage).values(requested_at=now(), due_at=now(), attempts=0))
    db.session.commit()
    assert pass_an_hour(away) == (503, "mail\n")
    postbox.answer = postbox.ACCEPTED
    clock.shift(6 * MINUTE)
    send_due_mail(settings)
    all_is_well()
    assert readiness(visitor) == (200, "ready\n")


def test_a_site_without_a_backup_for_two_days_is_not_ready(app: Flask, visitor: Visitor, clock: Traveller) -> None:
    factories.open_letter(deadline_at=None)
    all_is_well()
    assert visitor.ask("/readyz").get_data(as_text=True) == "ready\nbackup: never made\n"
    clock.shift(dt.timedelta(days=2, hours=1))
    all_is_well()
    assert visitor.ask("/readyz").get_data(as_text=True) == "backup\nbackup: never made\n"
    assert readiness(visitor, "/backup") == (503, "backup\n")
    record_heartbeat(HeartbeatKind.BACKUP, "", "a1b2c3d4e5f6", now())
    clock.shift(dt.timedelta(hours=47))
    all_is_well()
    assert visitor.ask("/readyz").get_data(as_text=True) == "ready\nbackup: 47 hours old\n"
    clock.shift(dt.timedelta(hours=2))
    all_is_well()
    assert visitor.ask("/readyz").get_data(as_text=True) == "backup\nbackup: 49 hours old\n"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_web_machine_whose_clock_is_ahead_is_told_and_no_worker_is_blamed(
    app: Flask, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_is_well()
    monkeypatch.setattr(health, "_postgresql_now", lambda: now() - 3 * MINUTE)
    for sign in (HeartbeatKind.WORKER, HeartbeatKind.QUEUE):
        record_heartbeat(sign, "one", "a1b2c3d4e5f6", now() - 3 * MINUTE)  # another machine, which agrees with the database
    assert readiness(visitor) == (503, "clock\n")
    assert readiness(visitor, "/worker") == (200, "ready\n")
    trouble = clock_problem()
    assert trouble is not None
    assert (trouble.which, round(trouble.seconds_ahead)) == (WrongClock.THIS_MACHINE, 180)
    monkeypatch.setattr(health, "_postgresql_now", now)
    record_heartbeat(HeartbeatKind.WORKER, "one", "a1b2c3d4e5f6", now(), seconds_ahead=180.0)
    assert readiness(visitor) == (503, "clock\n")
    trouble = clock_problem()
    assert trouble is not None
    assert trouble.which is WrongClock.ANOTHER


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_data_folder_that_cannot_be_written_to_is_not_ready(
    app: Flask, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_is_well()
    monkeypatch.setattr(monitoring, "folder_problem", lambda _path: "It cannot be written to.")
    assert readiness(visitor) == (503, "disk\n")
    assert readiness(visitor, "/worker") == (200, "ready\n")


def test_a_database_that_takes_no_changes_is_not_ready(app: Flask, visitor: Visitor) -> None:
    all_is_well()
    assert readiness(visitor) == (200, "ready\n")
    sqlite = db.engine.dialect.name == "sqlite"
    with db.engine.connect() as connection, connection.begin():
        if sqlite:
            connection.exec_driver_sql("CREATE TRIGGER t BEFORE UPDATE ON heartbeat BEGIN SELECT RAISE(ABORT, 'no'); END")
        else:
            connection.exec_driver_sql("SET TRANSACTION READ WRITE")
            connection.exec_driver_sql("CREATE RULE r AS ON INSERT TO heartbeat DO ALSO SELECT 1 / 0")
    assert readiness(visitor) == (503, "database\n")


def test_ready_is_asked_often_and_found_out_now_and_then(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    monkeypatch.setattr(monitoring, "record_web_heartbeat", written.append)
    keeping = create_app(replace(settings, page_cache_seconds=1.0))
    probes = ReadinessProbe()
    with keeping.app_context():
        for _ in range(50):
            assert probes.unready_parts() == ()
    assert len(written) == 1


@pytest.mark.parametrize(
    ("sign", "part"),
    [
        (HeartbeatKind.REDIS_AWAY, "redis"),
        (HeartbeatKind.FILES_AWAY, "files"),
        (HeartbeatKind.DISK_FULL, "disk"),
        (HeartbeatKind.QUEUE_AWAY, "queue"),
    ],
)
def test_what_a_worker_finds_away_is_not_ready_after_a_minute_and_until_it_is_back(
    app: Flask, visitor: Visitor, clock: Traveller, sign: HeartbeatKind, part: str
) -> None:
    for _ in range(9):
        all_is_well()
        record_heartbeat(sign, "one", "a1b2c3d4e5f6", now())
        answer = readiness(visitor)
        clock.shift(dt.timedelta(seconds=10))
    assert answer == (503, f"{part}\n")
    delete_heartbeat(sign, "one")
    assert readiness(visitor) == (200, "ready\n")
    record_heartbeat(sign, "one", "a1b2c3d4e5f6", now())
    assert readiness(visitor) == (200, "ready\n")  # no alarm within a minute
    clock.shift(2 * MINUTE)
    all_is_well()
    assert readiness(visitor) == (200, "ready\n")  # a worker that is gone has no current clock


@pytest.mark.shows("S8")
@pytest.mark.parametrize("host", ["10.0.0.5:8000", "localhost", "evil.example", "[::1]:8000", "not a host"])
def test_health_is_told_under_any_host_name_and_nothing_else_is(visitor: Visitor, host: str) -> None:
    all_is_well()
    for address in ("/healthz", "/readyz", "/readyz/worker"):
        assert visitor.ask(address, headers={"Host": host}).status_code == 200
    for address in ("/", "/healthz/", "/healthz/../", "/readyzz", "/sign-in", "//healthz"):
        assert visitor.ask(address, headers={"Host": host}).status_code == 400
    if "8000" in host or "evil" in host:
        assert visitor.ask("/metrics", headers={"Host": host}, environ_base={"REMOTE_ADDR": "10.0.0.9"}).status_code == 400
    assert visitor.ask("/readyz/evil", headers={"Host": host}).status_code == 404


def test_signs_of_workers_that_are_long_gone_are_forgotten(app: Flask, clock: Traveller) -> None:
    all_is_well("old")
    record_heartbeat(HeartbeatKind.BACKUP, "", "a1b2c3d4e5f6", now())
    clock.shift(dt.timedelta(days=2))
    all_is_well("new")
    assert sorted((heartbeat.kind, heartbeat.sender) for heartbeat in db.session.query(Heartbeat)) == [
        (HeartbeatKind.BACKUP, ""), (HeartbeatKind.QUEUE, "new"), (HeartbeatKind.WORKER, "new"),
    ]  # fmt: skip
    record_heartbeat(HeartbeatKind.WORKER, "other", "0123456789ab", now())
    assert live_worker_machines(now()) == ("0123456789ab", "a1b2c3d4e5f6")
