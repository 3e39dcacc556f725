"""State of the whole site for its operator: totals, mail queue, jobs, disk, versions, alarms.

Every figure is read from a counter, an index or a bounded number of rows. See docs/design/monitoring.md.
"""

import datetime as dt
import platform
import shutil
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import func, select, text

from letterhub.domain.mail.outgoing_mail import MailState
from letterhub.domain.operations.readiness import HeartbeatKind, Heartbeats, SitePart
from letterhub.domain.operations.render_jobs import JobState
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import current_settings
from letterhub.models import Coalition, EditionFile, Heartbeat, Letter, MailSuppression, OutboxMessage, Staff
from letterhub.queries.abuse.alerts import FloodedCoalition, flooded_coalitions
from letterhub.queries.mail.outbox import STATE_CONDITIONS
from letterhub.queries.operations.health import database_now, live_worker_machines, silent_site_parts, site_heartbeats
from letterhub.queries.operations.metrics import JOB_TABLES, mail_queue_counts
from letterhub.queries.operations.migrations import current_migration, newest_migration
from letterhub.queries.operations.production_checks import count_without_two_factor
from letterhub.queries.paging import COUNTED, count_rows
from letterhub.queries.sign_in_methods import has_way_in

MAX_LISTED = 20


@dataclass(frozen=True, slots=True)
class SiteTotals:
    """Numbers of the whole site: coalitions, letters, open ones, published signatures, accounts with a way to sign in, and
    those of them with a password and no second factor."""

    coalitions: int
    letters: int
    open_letters: int
    signatures: int
    accounts: int
    without_second_factor: int


@dataclass(frozen=True, slots=True)
class FailedMails:
    """Failed emails of a coalition among the newest COUNTED; `coalition` is "" for emails about accounts."""

    coalition_id: int | None
    coalition: str
    count: int


@dataclass(frozen=True, slots=True)
class JobCounts:
    """Jobs of one kind: `stuck` ones run past their lease, and the worker begins them again."""

    kind: str
    waiting: int
    running: int
    stuck: int
    failed: int


@dataclass(frozen=True, slots=True)
class DiskUse:
    """Bytes: of the database, of the finished files of editions, free and in all where the data folder is.

    `files_in_store` says that there is an object store, so that new files take no room here; `database_is_here`, that the
    database is a file in the data folder.
    """

    database: int
    files: int
    file_count: int
    free: int
    size: int
    files_in_store: bool
    database_is_here: bool


@dataclass(frozen=True, slots=True)
class Versions:
    """Versions of what runs, and the migration that the database is at."""

    letterhub: str
    python: str
    database: str
    migration: str
    newest_migration: str


@dataclass(frozen=True, slots=True)
class AuditLogState:
    """Result of the last `letterhub check`: when the whole audit log was last found intact, and since when it is not."""

    intact_at: dt.datetime | None
    broken_since: dt.datetime | None


@dataclass(frozen=True, slots=True)
class SiteStatus:
    """State of the whole site: `mails` counts the queue by state, `silent_parts` are those that are not ready."""

    totals: SiteTotals
    heartbeats: Heartbeats
    silent_parts: tuple[SitePart, ...]
    workers: int
    mails: Mapping[str, int]
    suppressed: int
    failed_mails: tuple[FailedMails, ...]
    flooded: tuple[FloodedCoalition, ...]
    jobs: tuple[JobCounts, ...]
    disk: DiskUse
    versions: Versions
    audit_log: AuditLogState


def site_status(at: dt.datetime) -> SiteStatus:
    """Return the state of the site."""
    database_time = database_now()
    return SiteStatus(
        totals=_totals(),
        heartbeats=site_heartbeats(database_time),
        silent_parts=silent_site_parts(),
        workers=len(live_worker_machines(database_time)),
        mails=mail_queue_counts(at),
        suppressed=count_rows(select(MailSuppression.id), COUNTED),
        failed_mails=_failed_mails(),
        flooded=flooded_coalitions(at, MAX_LISTED),
        jobs=tuple(_job_counts(at)),
        disk=_disk_use(),
        versions=_versions(),
        audit_log=_audit_log_state(),
    )


def _totals() -> SiteTotals:
    letters = select(
        func.count(),
        func.count().filter(Letter.state == LetterState.OPEN),
        func.coalesce(func.sum(Letter.published_count), 0),
    ).where(Letter.deleted_at.is_(None))
    letter_count, open_count, signature_count = db.session.execute(letters).one()
    coalitions = db.session.scalar(select(func.count()).select_from(Coalition)) or 0
    accounts = db.session.scalar(select(func.count()).select_from(Staff).where(has_way_in())) or 0
    return SiteTotals(coalitions, letter_count, open_count, signature_count, accounts, count_without_two_factor())


def _failed_mails() -> tuple[FailedMails, ...]:
    """Return the coalitions whose emails failed, those with the most first."""
    newest = (
        select(OutboxMessage.coalition_id)
        .where(STATE_CONDITIONS[MailState.FAILED])
        .order_by(OutboxMessage.failed_at.desc())
        .limit(COUNTED)
        .subquery()
    )
    query = (
        select(newest.c.coalition_id, func.coalesce(Coalition.name, ""), func.count())
        .select_from(newest)
        .outerjoin(Coalition, Coalition.id == newest.c.coalition_id)
        .group_by(newest.c.coalition_id, Coalition.name)
        .order_by(func.count().desc(), Coalition.name)
        .limit(MAX_LISTED)
    )
    return tuple(FailedMails(*row) for row in db.session.execute(query))


def _job_counts(at: dt.datetime) -> list[JobCounts]:
    counts = []
    for kind, table in JOB_TABLES.items():
        is_stuck = table.lease_until <= at
        running = table.state == JobState.RUNNING
        row = db.session.execute(
            select(
                func.count().filter(table.state == JobState.WAITING),
                func.count().filter(running),
                func.count().filter(running, is_stuck),
                func.count().filter(table.state == JobState.FAILED),
            ).where(table.state.in_((JobState.WAITING, JobState.RUNNING, JobState.FAILED)))
        ).one()
        counts.append(JobCounts(kind, *row))
    return counts


def _disk_use() -> DiskUse:
    """Return how much room is taken and left. PostgreSQL's disk may be another one, whose free space it does not reveal."""
    settings = current_settings()
    usage = shutil.disk_usage(settings.data_dir)
    sizes = select(func.count(), func.coalesce(func.sum(EditionFile.size), 0)).where(EditionFile.size > 0)
    file_count, file_bytes = db.session.execute(sizes).one()
    is_sqlite = db.engine.dialect.name == "sqlite"
    if is_sqlite:
        path = Path(db.engine.url.database or "")
        files = [path, path.with_name(f"{path.name}-wal")]
        database = sum(file.stat().st_size for file in files if file.exists())
    else:
        database = db.session.scalar(select(func.pg_database_size(func.current_database()))) or 0
    return DiskUse(database, file_bytes, file_count, usage.free, usage.total, bool(settings.files_url), is_sqlite)


def _versions() -> Versions:
    if db.engine.dialect.name == "sqlite":
        database = f"SQLite {sqlite3.sqlite_version}"
    else:
        database = f"PostgreSQL {db.session.scalar(text('SHOW server_version'))}"
    return Versions(version("letterhub"), platform.python_version(), database, current_migration(), newest_migration())


def _audit_log_state() -> AuditLogState:
    kinds = HeartbeatKind.AUDIT_LOG, HeartbeatKind.AUDIT_LOG_BROKEN
    rows = db.session.execute(select(Heartbeat.kind, Heartbeat.since, Heartbeat.at).where(Heartbeat.kind.in_(kinds)))
    found: Mapping[HeartbeatKind, tuple[dt.datetime, dt.datetime]] = {kind: (since, at) for kind, since, at in rows}
    intact, broken = found.get(HeartbeatKind.AUDIT_LOG), found.get(HeartbeatKind.AUDIT_LOG_BROKEN)
    return AuditLogState(intact[1] if intact else None, broken[0] if broken else None)
