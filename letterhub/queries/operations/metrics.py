"""Metrics of the whole site: counters, the state of mail and jobs, and unhealthy parts."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from letterhub.domain.mail.outgoing_mail import MailState
from letterhub.domain.operations.readiness import SitePart
from letterhub.domain.operations.render_jobs import JobState
from letterhub.infrastructure.db import db
from letterhub.models import EditionFile, Job, Letter, Metric, OutboxMessage, Preview, Report, SignatoryImport
from letterhub.queries.abuse.alerts import count_flooded_letters
from letterhub.queries.mail.outbox import STATE_CONDITIONS, WAITING_CONDITION, due_condition
from letterhub.queries.operations.health import database_now, live_worker_machines, silent_site_parts, site_heartbeats

JOB_TABLES: Mapping[str, type[Job]] = {
    "render_edition_file": EditionFile, "render_preview": Preview, "render_report": Report, "run_import": SignatoryImport,
}  # fmt: skip
OPEN_STATES = (JobState.WAITING, JobState.RUNNING, JobState.FAILED)


@dataclass(frozen=True, slots=True)
class MetricCounter:
    """Counter of a metric, with its name, labels and value."""

    name: str
    labels: Mapping[str, str]
    value: float


def metric_counters() -> tuple[MetricCounter, ...]:
    """Return all counters, ordered by name and labels."""
    rows = db.session.execute(select(Metric.name, Metric.labels, Metric.value).order_by(Metric.name, Metric.labels))
    return tuple(MetricCounter(name, json.loads(labels), value) for name, labels, value in rows)


@dataclass(frozen=True, slots=True)
class SiteMetrics:
    """State of the site: counts by state, ages in seconds (None for never), and parts that are silent."""

    mails: Mapping[str, int]
    oldest_due: float
    jobs: Mapping[tuple[str, str], int]
    letters: Mapping[str, int]
    flooded: int
    workers: int
    worker_age: float | None
    queue_age: float | None
    backup_age: float | None
    silent_parts: tuple[SitePart, ...]


def site_metrics(at: dt.datetime) -> SiteMetrics:
    """Return the state of the site. Reads no row per mail sent or name published."""
    database_time = database_now()
    heartbeats = site_heartbeats(database_time)
    letters = db.session.execute(select(Letter.state, func.count()).group_by(Letter.state))
    jobs: dict[tuple[str, str], int] = {}
    for job, table in JOB_TABLES.items():
        counts = select(table.state, func.count()).where(table.state.in_(OPEN_STATES)).group_by(table.state)
        jobs |= {(job, str(state)): count for state, count in db.session.execute(counts)}
    return SiteMetrics(
        mails=mail_queue_counts(at),
        oldest_due=_seconds_since(heartbeats.mail_late_since, at) or 0.0,
        jobs=jobs,
        letters={str(state): count for state, count in letters},
        flooded=count_flooded_letters(at),
        workers=len(live_worker_machines(database_time)),
        worker_age=_seconds_since(heartbeats.worker, database_time),
        queue_age=_seconds_since(heartbeats.queue, database_time),
        backup_age=_seconds_since(heartbeats.backup, database_time),
        silent_parts=silent_site_parts(),
    )


def mail_queue_counts(at: dt.datetime) -> dict[str, int]:
    """Return the numbers of mails that are due later, are due now, are being sent, or have failed, each read from an index."""
    counts = func.count().filter(OutboxMessage.due_at > at), func.count().filter(due_condition(at)), func.count()
    later, now_due, unsent = db.session.execute(select(*counts).select_from(OutboxMessage).where(WAITING_CONDITION)).one()
    failed = select(func.count()).select_from(OutboxMessage).where(STATE_CONDITIONS[MailState.FAILED])
    return {
        "waiting": later,
        "due": now_due,
        "on its way": unsent - later - now_due,
        "failed": db.session.scalar(failed) or 0,
    }


def _seconds_since(moment: dt.datetime | None, at: dt.datetime) -> float | None:
    return None if moment is None else (at - moment).total_seconds()
