"""Deliveries of webhooks that are due."""

import datetime as dt

from sqlalchemy import ColumnElement, and_, or_, select

from letterhub.infrastructure.db import db
from letterhub.models import Webhook, WebhookDelivery

WAITING_CONDITION = and_(WebhookDelivery.accepted_at.is_(None), WebhookDelivery.failed_at.is_(None))


def due_condition(at: dt.datetime) -> ColumnElement[bool]:
    """Return the condition for a delivery that a worker may claim: waiting, due, and not leased."""
    is_unleased = or_(WebhookDelivery.lease_until.is_(None), WebhookDelivery.lease_until <= at)
    return and_(WAITING_CONDITION, WebhookDelivery.due_at <= at, is_unleased)


def next_due_delivery(at: dt.datetime) -> int | None:
    """Return the id of the next delivery to send; None if none is due.

    Receivers take turns, so that one with many events, or a slow one, keeps no other waiting: first goes what has been due
    longest for the one that was called longest ago. Those that are paused or rest are left out.
    """
    longest_due = (
        select(WebhookDelivery.id)
        .where(WebhookDelivery.webhook_id == Webhook.id, due_condition(at))
        .order_by(WebhookDelivery.due_at, WebhookDelivery.id)
        .limit(1)
        .correlate(Webhook)
        .scalar_subquery()
    )
    may_be_called = Webhook.paused_at.is_(None), or_(Webhook.rest_until.is_(None), Webhook.rest_until <= at)
    first = select(Webhook.attempted_at, Webhook.id, longest_due.label("delivery_id")).where(*may_be_called).subquery()
    waiting = select(first.c.delivery_id).where(first.c.delivery_id.is_not(None))
    return db.session.scalar(waiting.order_by(first.c.attempted_at.nulls_first(), first.c.id).limit(1))
