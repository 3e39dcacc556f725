"""After the clock of a machine stepped back: what waits for a time that was never meant waits no longer than it was meant to.

A row that says it was asked for later than now was written by a clock that was ahead; so was a lease that ends later than any
that is given now. Both are moved to where the clock is. What clocks of several machines differ by is left alone.
"""

import datetime as dt

from sqlalchemy import select, update

from letterhub.commands.jobs import LEASE as DRAWING
from letterhub.commands.mail import LEASE as MAILING
from letterhub.db import db, one_transaction
from letterhub.models import EditionFile, Job, OutboxLine, Preview, Report
from letterhub.queries.outbox import WAITING

APART = dt.timedelta(minutes=1)  # what machines may differ by
AT_ONCE = 500


@one_transaction
def follow_the_clock(at: dt.datetime) -> int:
    """Moves mails, some at a time, and all leases that are of a time to come; gives how many mails were moved."""
    _end(OutboxLine, at, MAILING)
    for drawn in (EditionFile, Preview, Report):
        _end(drawn, at, DRAWING)
    ahead = select(OutboxLine).where(WAITING, OutboxLine.asked_at > at + APART).order_by(OutboxLine.id).limit(AT_ONCE)
    lines = db.session.scalars(ahead.with_for_update(skip_locked=True)).all()
    for line in lines:
        line.due_at -= line.asked_at - at
        line.asked_at = at
    return len(lines)


def _end(rows: type[OutboxLine | Job], at: dt.datetime, lease: dt.timedelta) -> None:
    """Ends leases that no clock that goes right has given; whoever has one and lives goes on all the same."""
    held = rows.lease_until > at + lease + APART
    db.session.execute(update(rows).where(held).values(lease_until=at).execution_options(synchronize_session=False))
