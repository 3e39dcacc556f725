"""Repair of due times and leases that were written while the system clock was ahead.

A row asked for in the future was written by such a clock, and so was a lease that ends later than any given now. Both are moved
to the current time. Normal differences between machines are left alone.

See docs/design/jobs.md.
"""

import datetime as dt

from sqlalchemy import select, update

from letterhub.commands.mail.send import LEASE as MAILING
from letterhub.commands.operations._jobs import LEASE as DRAWING
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import EditionFile, Job, OutboxLine, Preview, Report
from letterhub.queries.mail.outbox import WAITING

APART = dt.timedelta(minutes=1)  # tolerated difference between the clocks of machines
AT_ONCE = 500


@one_transaction
def follow_the_clock(at: dt.datetime) -> int:
    """Repair a batch of mails, and all leases; return how many mails were moved."""
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
    """End leases that no correct clock gave. A worker that holds one and is alive carries on all the same."""
    held = rows.lease_until > at + lease + APART
    db.session.execute(update(rows).where(held).values(lease_until=at).execution_options(synchronize_session=False))
