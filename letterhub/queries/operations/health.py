"""Health and readiness of the site: database, disk space, clock, workers, queue, mail and backups.

See docs/design/monitoring.md.
"""

import datetime as dt
import sqlite3
from pathlib import Path
from typing import cast

from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from letterhub.clock import now
from letterhub.config import Settings
from letterhub.domain.audit.consistency import InconsistencySummary
from letterhub.domain.errors import first_error_line
from letterhub.domain.i18n import _
from letterhub.domain.mail.outgoing_mail import MAX_BACKOFF, MailFailure, MailNotAccepted, Precedence
from letterhub.domain.operations.clock_skew import ClockSkew, MachineClock, find_wrong_clock
from letterhub.domain.operations.readiness import (
    PART_BY_PROBLEM,
    WORKER_TIMEOUT,
    HeartbeatKind,
    Heartbeats,
    SitePart,
    unready_parts,
)
from letterhub.infrastructure import connections
from letterhub.infrastructure.db import db, end_read_transaction, snapshot_read
from letterhub.infrastructure.machine import folder_problem, machine_id
from letterhub.infrastructure.signed_links import current_settings
from letterhub.mail.smtp import Smtp
from letterhub.models import AuditChain, Coalition, Heartbeat, OutboxMessage
from letterhub.queries.audit.consistency import inconsistencies, missing_chains
from letterhub.queries.audit.log import first_chain_problem
from letterhub.queries.mail.outbox import WAITING_CONDITION, oldest_due_at
from letterhub.queries.operations.migrations import NEVER_MIGRATED, current_migration, newest_migration

SQLITE_DISK_ERRORS = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN})
TRANSIENT_SQLITE_ERRORS = SQLITE_DISK_ERRORS | {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
POSTGRESQL_DISK_ERRORS = ("53100", "58030")  # disk_full, io_error; the latter for a disk that became read-only


def database_problem(*, ignore_version: bool = False) -> str:
    """Return what keeps the database from being used, as a sentence; "" if nothing does."""
    try:
        current, newest = current_migration(), newest_migration()
    except SQLAlchemyError as error:
        return unreachable_sentence(error)
    if current == NEVER_MIGRATED:
        return _("The database has no tables yet. Create them with: letterhub migrate")
    if current != newest and not ignore_version:
        return _(
            "The database is at %(found)s, but this Letterhub needs %(newest)s. Upgrade it with: letterhub migrate",
            found=current,
            newest=newest,
        )
    return ""


def database_server_problem() -> str:
    """Return what keeps the database server from answering, as a sentence; "" if it answers, and for SQLite."""
    if db.engine.dialect.name == "sqlite":
        return ""
    try:
        with db.engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
    except SQLAlchemyError as error:
        if not is_unavailable(error):
            raise
        return unreachable_sentence(error)
    return ""


def unreachable_sentence(error: SQLAlchemyError) -> str:
    """Return the error of an unreachable database as a sentence."""
    return _("The database cannot be reached: %(problem)s.", problem=_driver_problem(error))


def _driver_problem(error: SQLAlchemyError) -> str:
    """Return the first line of the driver's error, without a period."""
    return first_error_line(getattr(error, "orig", None) or error).rstrip(".")


def is_unavailable(error: BaseException) -> bool:
    """Return whether an error means that the database is away, restarting or full, so that a retry may succeed."""
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    sqlite_code = getattr(error.orig, "sqlite_errorcode", None)
    if sqlite_code is not None:  # its low byte is the primary error
        return sqlite_code & 0xFF in TRANSIENT_SQLITE_ERRORS
    return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)


def audit_log_problems() -> dict[str, str]:
    """Return, by chain of the audit log, a sentence about the first problem of each that is broken or contradicts the tables.

    For an unbroken chain, the sentence also counts further inconsistencies.
    """
    with snapshot_read():
        names = db.session.scalars(select(AuditChain.name).order_by(AuditChain.name)).all()
        broken = {name: sentence for name in names if (sentence := first_chain_problem(name))}
        broken |= dict.fromkeys(missing_chains(), _("The whole chain is gone."))
        summaries: dict[str, InconsistencySummary] = {}
        for name, sentence in inconsistencies():
            summaries.setdefault(name, InconsistencySummary(sentence)).count += 1
        return {name: str(summary) for name, summary in summaries.items()} | broken


def mail_server_problem(settings: Settings) -> str:
    """Return what keeps the mail server from taking mail, as a sentence; "" if it answers, or the demo needs none."""
    if settings.mail_server is None:
        return ""
    try:
        with Smtp(settings.mail_server, settings.host, patience=10) as server:
            server.ready()
    except MailNotAccepted as trouble:
        return str(trouble)
    return ""


def database_now() -> dt.datetime:
    """Return the current time by the database's clock; for SQLite, this machine's."""
    return now() if db.engine.dialect.name == "sqlite" else _postgresql_now()


def seconds_ahead() -> float:
    """Return how many seconds this machine's clock is ahead of the database's; negative if it is behind."""
    if db.engine.dialect.name == "sqlite":
        return 0.0
    end_read_transaction()
    before = now()
    database_time = _postgresql_now()
    after = now()
    end_read_transaction()
    halfway = before + (after - before) / 2
    return (halfway - database_time).total_seconds()


def _postgresql_now() -> dt.datetime:
    return cast("dt.datetime", db.session.scalar(select(func.clock_timestamp()))).astimezone(dt.UTC)


LIVE_KINDS = (HeartbeatKind.WORKER, HeartbeatKind.WEB)


def unready_site_parts() -> tuple[SitePart, ...]:
    """Return the parts that are not ready, the most fundamental first; empty if all are."""
    try:
        if current_migration() != newest_migration():
            return (SitePart.TABLES,)
        return silent_site_parts()
    except SQLAlchemyError:
        return (SitePart.DATABASE,)


def silent_site_parts() -> tuple[SitePart, ...]:
    """Return the parts without a recent heartbeat or with trouble; backups are not expected of a demo."""
    at = database_now()
    expects_backups = not current_settings().demo
    parts = unready_parts(site_heartbeats(at), at)
    return tuple(part for part in parts if expects_backups or part is not SitePart.BACKUP)


def site_heartbeats(at: dt.datetime) -> Heartbeats:
    """Return the heartbeats of workers, queue, backups and outbox at a time by the database's clock."""
    newest = select(Heartbeat.kind, func.max(Heartbeat.at)).group_by(Heartbeat.kind)
    last_by_kind = {kind: heartbeat_at for kind, heartbeat_at in db.session.execute(newest)}  # noqa: C416 - a row is no pair to mypy
    is_live = Heartbeat.at >= at - WORKER_TIMEOUT
    problem_times = (
        select(Heartbeat.kind, func.min(Heartbeat.since))
        .where(Heartbeat.kind.in_(PART_BY_PROBLEM), is_live)
        .group_by(Heartbeat.kind)
    )
    clocks = (
        select(Heartbeat.machine_id, Heartbeat.seconds_ahead)
        .where(Heartbeat.kind.in_(LIVE_KINDS), is_live)
        .order_by(Heartbeat.machine_id, Heartbeat.id)
    )
    server_failures = (MailFailure.SERVER, MailFailure.INTERRUPTED)
    soon = at + 1.2 * max(MAX_BACKOFF[failure] for failure in server_failures)  # such a mail is retried by then
    refused_since = select(func.min(OutboxMessage.requested_at)).where(
        WAITING_CONDITION,
        OutboxMessage.precedence.in_(Precedence),
        OutboxMessage.due_at <= soon,
        OutboxMessage.failure.in_(server_failures),
    )
    return Heartbeats(
        worker=last_by_kind.get(HeartbeatKind.WORKER),
        queue=last_by_kind.get(HeartbeatKind.QUEUE),
        backup=last_by_kind.get(HeartbeatKind.BACKUP),
        mail_late_since=oldest_due_at(at),
        mail_refused_since=db.session.scalar(refused_since),
        founded_at=db.session.scalar(select(func.min(Coalition.created_at))),
        problems={kind: since for kind, since in db.session.execute(problem_times)},  # noqa: C416
        clocks=tuple(MachineClock(machine, ahead) for machine, ahead in db.session.execute(clocks)),
    )


def last_backup_at() -> dt.datetime | None:
    """Return when the last backup was made; None if there is none."""
    return db.session.scalar(select(func.max(Heartbeat.at)).where(Heartbeat.kind == HeartbeatKind.BACKUP))


def clock_problem() -> ClockSkew | None:
    """Return which clock is off: this machine's, the database's, or another live machine's; None if all agree."""
    own = MachineClock(machine_id(), seconds_ahead())
    return find_wrong_clock(own, site_heartbeats(database_now()).clocks)


def live_worker_machines(at: dt.datetime) -> tuple[str, ...]:
    """Return the machine id of each live worker."""
    query = select(Heartbeat.machine_id).where(Heartbeat.kind == HeartbeatKind.WORKER, Heartbeat.at >= at - WORKER_TIMEOUT)
    return tuple(db.session.scalars(query.order_by(Heartbeat.machine_id)))


SPILLING_QUERY = text(  # rows of 8,000 characters
    "WITH wide AS MATERIALIZED (SELECT repeat('x', 8000) AS line FROM generate_series(1, :lines)) SELECT count(*) FROM wide"
)
PROBE_MEGABYTES = 16  # megabytes: the size of PostgreSQL's WAL files


def disk_space_problem() -> str:
    """Return what keeps the database from growing, as a sentence; "" if nothing is known to.

    SQLite's folder is checked like any folder. PostgreSQL does not reveal its free space, so it runs a query that spills to its
    disk.
    """
    if db.engine.dialect.name == "sqlite":
        return folder_problem(Path(db.engine.url.database or "").absolute().parent)
    try:
        end_read_transaction()
        with db.engine.connect() as connection, connection.begin(), connections.read_transaction(connection):
            connection.exec_driver_sql("SET LOCAL work_mem = '64kB'")
            connection.execute(SPILLING_QUERY, {"lines": PROBE_MEGABYTES * 125})
    except SQLAlchemyError as error:
        if is_disk_error(error):
            return _("The database’s disk is full: %(problem)s.", problem=_driver_problem(error))
    return ""


def is_disk_error(error: SQLAlchemyError) -> bool:
    """Return whether a database failed because its disk is full or read-only."""
    driver_error = getattr(error, "orig", None)
    code = getattr(driver_error, "sqlite_errorcode", None)
    if code is not None:  # its low byte is the primary error
        return code & 0xFF in SQLITE_DISK_ERRORS
    return getattr(driver_error, "sqlstate", None) in POSTGRESQL_DISK_ERRORS
