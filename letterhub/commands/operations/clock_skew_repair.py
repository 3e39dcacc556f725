"""Repair of due times and leases that were written while the system clock was ahead.

A row asked for in the future was written by such a clock, and so was a lease that ends later than any given now. Both are moved
to the current time. Normal differences between machines are left alone.

See docs/design/jobs.md.
"""

import datetime as dt

from sqlalchemy import select, update

from letterhub.commands.mail.send import LEASE as MAIL_LEASE
from letterhub.commands.operations._render_jobs import LEASE as RENDER_LEASE
from letterhub.commands.webhooks.deliver import LEASE as WEBHOOK_LEASE
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import EditionFile, Job, OutboxMessage, Preview, Report, SignatoryImport, WebhookDelivery
from letterhub.queries.mail.outbox import WAITING_CONDITION
from letterhub.queries.webhooks.due import WAITING_CONDITION as WAITING_DELIVERY

CLOCK_TOLERANCE = dt.timedelta(minutes=1)  # tolerated difference between the clocks of machines
BATCH_SIZE = 500


@one_transaction
def repair_clock_skew(at: dt.datetime) -> int:
    """Repair a batch of mails, all deliveries of webhooks, and all leases; return how many mails were moved."""
    _end_future_leases(OutboxMessage, at, MAIL_LEASE)
    _end_future_leases(WebhookDelivery, at, WEBHOOK_LEASE)
    early = update(WebhookDelivery).where(WAITING_DELIVERY, WebhookDelivery.requested_at > at + CLOCK_TOLERANCE)
    db.session.execute(early.values(due_at=at, requested_at=at), execution_options={"synchronize_session": False})
    for table in (EditionFile, Preview, Report, SignatoryImport):
        _end_future_leases(table, at, RENDER_LEASE)
    statement = (
        select(OutboxMessage)
        .where(WAITING_CONDITION, OutboxMessage.requested_at > at + CLOCK_TOLERANCE)
        .order_by(OutboxMessage.id)
        .limit(BATCH_SIZE)
    )
    messages = db.session.scalars(statement.with_for_update(skip_locked=True)).all()
    for message in messages:
        message.due_at -= message.requested_at - at
        message.requested_at = at
    return len(messages)


def _end_future_leases(table: type[OutboxMessage | WebhookDelivery | Job], at: dt.datetime, lease: dt.timedelta) -> None:
    """End leases that run longer than a correct clock would grant. A live worker that holds one carries on all the same."""
    condition = table.lease_until > at + lease + CLOCK_TOLERANCE
    db.session.execute(update(table).where(condition).values(lease_until=at).execution_options(synchronize_session=False))
