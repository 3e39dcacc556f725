"""Readiness of the site: tables, heartbeats of workers and queue, outgoing mail, and backups. See docs/design/monitoring.md."""

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from letterhub.domain.mail.outgoing_mail import MAX_BACKOFF, MailFailure, Precedence
from letterhub.domain.operations.heartbeat import (
    PART_BY_PROBLEM,
    WORKER_TIMEOUT,
    ClockSkew,
    HeartbeatKind,
    Heartbeats,
    MachineClock,
    SitePart,
    find_wrong_clock,
    unready_parts,
)
from letterhub.infrastructure.app_extensions import current_settings
from letterhub.infrastructure.db import db
from letterhub.infrastructure.machine import machine_id
from letterhub.models import Coalition, Heartbeat, OutboxMessage
from letterhub.queries.mail.outbox import WAITING_CONDITION, oldest_due_at
from letterhub.queries.operations.clock_offset import database_now, seconds_ahead
from letterhub.queries.operations.migrations import current_migration, newest_migration

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
    parts = unready_parts(site_heartbeats(at), at)
    return tuple(part for part in parts if part is not SitePart.BACKUP or not current_settings().demo)


def site_heartbeats(at: dt.datetime) -> Heartbeats:
    """Return the heartbeats of workers, queue, backups and outbox at a time by the database's clock."""
    newest = select(Heartbeat.kind, func.max(Heartbeat.at)).group_by(Heartbeat.kind)
    last_by_kind = {kind: heartbeat_at for kind, heartbeat_at in db.session.execute(newest)}  # noqa: C416 - a row is no pair to mypy
    is_live = Heartbeat.at >= at - WORKER_TIMEOUT
    trouble = (
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
    soon = at + 1.2 * max(MAX_BACKOFF[trouble] for trouble in server_failures)  # such a mail is retried by then
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
        problems={kind: since for kind, since in db.session.execute(trouble)},  # noqa: C416
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
