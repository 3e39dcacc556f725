"""Deliveries of webhooks that are due."""

import datetime as dt

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from letterhub.infrastructure.db import db
from letterhub.models import Webhook, WebhookDelivery

WAITING_CONDITION = and_(WebhookDelivery.accepted_at.is_(None), WebhookDelivery.failed_at.is_(None))


def due_condition(at: dt.datetime) -> ColumnElement[bool]:
    """Return the condition for a delivery that a worker may claim: waiting, due, and not leased."""
    is_unleased = or_(WebhookDelivery.lease_until.is_(None), WebhookDelivery.lease_until <= at)
    return and_(WAITING_CONDITION, WebhookDelivery.due_at <= at, is_unleased)


def next_due_delivery(at: dt.datetime) -> int | None:
    """Return the id of the next delivery to send; None if none is due.

    Coalitions take turns, and within one its receivers, so that many events or slow receivers keep no other coalition waiting:
    first goes what has been due longest for the one that was called longest ago. Those that are paused or rest are left out.
    """
    neighbor = aliased(Webhook)
    called_at = select(func.max(neighbor.attempted_at)).where(neighbor.coalition_id == Webhook.coalition_id).scalar_subquery()
    longest_due = (
        select(WebhookDelivery.id)
        .where(WebhookDelivery.webhook_id == Webhook.id, due_condition(at))
        .order_by(WebhookDelivery.due_at, WebhookDelivery.id)
        .limit(1)
        .correlate(Webhook)
        .scalar_subquery()
    )
    may_be_called = Webhook.paused_at.is_(None), or_(Webhook.rest_until.is_(None), Webhook.rest_until <= at)
    columns = Webhook.id, Webhook.attempted_at, called_at.label("called_at"), longest_due.label("delivery_id")
    first = select(*columns).where(*may_be_called).subquery()
    order = first.c.called_at.nulls_first(), first.c.attempted_at.nulls_first(), first.c.id
    return db.session.scalar(select(first.c.delivery_id).where(first.c.delivery_id.is_not(None)).order_by(*order).limit(1))
