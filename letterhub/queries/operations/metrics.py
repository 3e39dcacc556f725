"""Metrics of the whole site: counters, the state of mail and jobs, and unhealthy parts."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from letterhub.domain.editions.edition import JobState
from letterhub.domain.mail.outgoing_mail import MailState
from letterhub.domain.operations.heartbeat import SitePart
from letterhub.infrastructure.db import db
from letterhub.models import EditionFile, Figure, Job, Letter, OutboxLine, Preview, Report
from letterhub.queries.abuse.alarms import flooded_letters
from letterhub.queries.mail.outbox import STATES, WAITING, due
from letterhub.queries.operations.clock_offset import database_now
from letterhub.queries.operations.readiness import machines_at_work, parts_silent, signs_of_life

JOBS: Mapping[str, type[Job]] = {"draw_file": EditionFile, "draw_preview": Preview, "draw_report": Report}
OPEN_STATES = (JobState.WAITING, JobState.RUNNING, JobState.FAILED)


@dataclass(frozen=True, slots=True)
class Counter:
    """Counter of a metric, with its name, labels and value."""

    name: str
    labels: Mapping[str, str]
    value: float


def counted() -> tuple[Counter, ...]:
    """Return all counters, ordered by name and labels."""
    rows = db.session.execute(select(Figure.name, Figure.labels, Figure.value).order_by(Figure.name, Figure.labels))
    return tuple(Counter(name, json.loads(labels), value) for name, labels, value in rows)


@dataclass(frozen=True, slots=True)
class SiteNow:
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
    silent: tuple[SitePart, ...]


def standing(at: dt.datetime) -> SiteNow:
    """Return the state of the site. Reads no row per mail sent or name published."""
    by_database = database_now()
    signs = signs_of_life(by_database)
    letters = db.session.execute(select(Letter.state, func.count()).group_by(Letter.state))
    return SiteNow(
        mails=_mails(at),
        oldest_due=_age(signs.late_since, at) or 0.0,
        jobs={(job, state): count for job in JOBS for state, count in _jobs(job).items()},
        letters={str(state): count for state, count in letters},
        flooded=flooded_letters(at),
        workers=len(machines_at_work(by_database)),
        worker_age=_age(signs.worker, by_database),
        queue_age=_age(signs.queue, by_database),
        backup_age=_age(signs.backup, by_database),
        silent=parts_silent(),
    )


def _mails(at: dt.datetime) -> dict[str, int]:
    """Count the mails that wait, are due, are being sent, or have failed, each through an index."""
    waiting = func.count().filter(OutboxLine.due_at > at), func.count().filter(due(at)), func.count()
    later, now_due, whole = db.session.execute(select(*waiting).select_from(OutboxLine).where(WAITING)).one()
    failed = select(func.count()).select_from(OutboxLine).where(STATES[MailState.FAILED])
    return {
        "waiting": later,
        "due": now_due,
        "on its way": whole - later - now_due,
        "failed": db.session.scalar(failed) or 0,
    }


def _jobs(job: str) -> dict[str, int]:
    table = JOBS[job]
    counts = select(table.state, func.count()).where(table.state.in_(OPEN_STATES)).group_by(table.state)
    return {str(state): count for state, count in db.session.execute(counts)}


def _age(moment: dt.datetime | None, at: dt.datetime) -> float | None:
    return None if moment is None else (at - moment).total_seconds()
