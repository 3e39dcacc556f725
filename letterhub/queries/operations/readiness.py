"""Readiness of the site: tables, heartbeats of workers and queue, outgoing mail, and backups. See docs/design/monitoring.md."""

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from letterhub.domain.mail.outgoing_mail import LONGEST_WAIT, Precedence, Trouble
from letterhub.domain.operations.heartbeat import (
    TROUBLE,
    WORKER_SILENT,
    Clock,
    ClockTrouble,
    Sign,
    Signs,
    SitePart,
    silent_parts,
    wrong_clock,
)
from letterhub.infrastructure.current import settings_here
from letterhub.infrastructure.db import db
from letterhub.infrastructure.host import machine_mark
from letterhub.models import Coalition, OutboxLine, Pulse
from letterhub.queries.mail.outbox import WAITING, late_since
from letterhub.queries.operations.clock_offset import database_now, seconds_ahead
from letterhub.queries.operations.migrations import at_revision, newest_revision

SHOW_THEMSELVES = (Sign.WORKER, Sign.WEB)


def not_ready() -> tuple[SitePart, ...]:
    """Return the parts that are not ready, the most fundamental first; empty if all are."""
    try:
        if at_revision() != newest_revision():
            return (SitePart.TABLES,)
        return parts_silent()
    except SQLAlchemyError:
        return (SitePart.DATABASE,)


def parts_silent() -> tuple[SitePart, ...]:
    """Return the parts without a recent heartbeat or with trouble; backups are not expected of a demo."""
    at = database_now()
    parts = silent_parts(signs_of_life(at), at)
    return tuple(part for part in parts if part is not SitePart.BACKUP or not settings_here().demo)


def signs_of_life(at: dt.datetime) -> Signs:
    """Return the heartbeats of workers, queue, backups and outbox at a time by the database's clock."""
    newest = select(Pulse.sign, func.max(Pulse.at)).group_by(Pulse.sign)
    last = {sign: given_at for sign, given_at in db.session.execute(newest)}  # noqa: C416 - a row is no pair to mypy
    shown = Pulse.at >= at - WORKER_SILENT
    trouble = select(Pulse.sign, func.min(Pulse.since)).where(Pulse.sign.in_(TROUBLE), shown).group_by(Pulse.sign)
    clocks = select(Pulse.machine, Pulse.ahead).where(Pulse.sign.in_(SHOW_THEMSELVES), shown).order_by(Pulse.machine, Pulse.id)
    in_the_way = (Trouble.SERVER, Trouble.INTERRUPTED)
    soon = at + 1.2 * max(LONGEST_WAIT[trouble] for trouble in in_the_way)  # such a mail is retried by then
    refused = select(func.min(OutboxLine.asked_at)).where(
        WAITING, OutboxLine.precedence.in_(Precedence), OutboxLine.due_at <= soon, OutboxLine.trouble.in_(in_the_way)
    )
    return Signs(
        worker=last.get(Sign.WORKER),
        queue=last.get(Sign.QUEUE),
        backup=last.get(Sign.BACKUP),
        late_since=late_since(at),
        refused_since=db.session.scalar(refused),
        founded_at=db.session.scalar(select(func.min(Coalition.created_at))),
        trouble={sign: since for sign, since in db.session.execute(trouble)},  # noqa: C416
        clocks=tuple(Clock(machine, ahead) for machine, ahead in db.session.execute(clocks)),
    )


def last_backup() -> dt.datetime | None:
    """Return when the last backup was made; None if there is none."""
    return db.session.scalar(select(func.max(Pulse.at)).where(Pulse.sign == Sign.BACKUP))


def clock_trouble() -> ClockTrouble | None:
    """Return which clock is off: this machine's, the database's, or another live machine's; None if all agree."""
    own = Clock(machine_mark(), seconds_ahead())
    return wrong_clock(own, signs_of_life(database_now()).clocks)


def machines_at_work(at: dt.datetime) -> tuple[str, ...]:
    """Return the machine id of each live worker."""
    there = select(Pulse.machine).where(Pulse.sign == Sign.WORKER, Pulse.at >= at - WORKER_SILENT)
    return tuple(db.session.scalars(there.order_by(Pulse.machine)))
