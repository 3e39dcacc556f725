"""Is the site ready: are the tables there, do workers and queue show themselves, does mail leave?"""

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from letterhub.db import db
from letterhub.domain.mails import LONGEST_WAIT, Precedence, Trouble
from letterhub.domain.pulse import WORKER_SILENT, Sign, Signs, SitePart, silent_parts
from letterhub.models import OutboxLine, Pulse
from letterhub.queries.migrations import at_revision, newest_revision
from letterhub.queries.outbox import WAITING, late_since


def not_ready(at: dt.datetime) -> tuple[SitePart, ...]:
    """The parts of the site that are not ready, the one that the others depend on first; none where all are."""
    try:
        if at_revision() != newest_revision():
            return (SitePart.TABLES,)
        return silent_parts(signs_of_life(at), at)
    except SQLAlchemyError:
        return (SitePart.DATABASE,)


def signs_of_life(at: dt.datetime) -> Signs:
    """What workers, queue, backups and the outbox show."""
    newest = select(Pulse.sign, func.max(Pulse.at)).group_by(Pulse.sign)
    last = {sign: given_at for sign, given_at in db.session.execute(newest)}  # noqa: C416 - a row is no pair to mypy
    soon = at + 1.2 * LONGEST_WAIT[Trouble.SERVER]  # those that the server was in the way of are tried again by then
    refused = select(func.min(OutboxLine.asked_at)).where(
        WAITING, OutboxLine.precedence.in_(Precedence), OutboxLine.due_at <= soon, OutboxLine.trouble == Trouble.SERVER
    )
    return Signs(
        worker=last.get(Sign.WORKER),
        queue=last.get(Sign.QUEUE),
        backup=last.get(Sign.BACKUP),
        late_since=late_since(at),
        refused_since=db.session.scalar(refused),
    )


def machines_at_work(at: dt.datetime) -> tuple[str, ...]:
    """The marks of the machines whose workers show themselves, one for each worker."""
    there = select(Pulse.machine).where(Pulse.sign == Sign.WORKER, Pulse.at >= at - WORKER_SILENT)
    return tuple(db.session.scalars(there.order_by(Pulse.machine)))
