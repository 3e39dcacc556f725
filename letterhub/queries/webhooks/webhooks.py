"""Webhooks of a coalition, and their logs, as owners see them."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from letterhub.domain.webhooks.deliveries import LOGGED_DELIVERIES, DeliveryState
from letterhub.domain.webhooks.events import EventType
from letterhub.infrastructure.db import db
from letterhub.models import Staff, Webhook, WebhookDelivery
from letterhub.queries.paging import COUNTED, clamp_page, count_rows
from letterhub.queries.webhooks.due import WAITING_CONDITION

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class ListedWebhook:
    """Webhook; `waiting` counts its deliveries that are not finished, up to COUNTED + 1. `failing_since` is None while its
    receiver answers."""

    id: int
    label: str
    url: str
    events: tuple[EventType, ...]
    version: int
    created_at: dt.datetime
    created_by: str
    paused_at: dt.datetime | None
    pause_reason: str
    failing_since: dt.datetime | None
    accepted_at: dt.datetime | None
    former_until: dt.datetime | None
    waiting: int

    @property
    def host(self) -> str:
        """Host of its receiver, with the port if there is one: the rest of an address may be a secret."""
        return self.url.partition("//")[2].partition("/")[0].partition("?")[0]


@dataclass(frozen=True, slots=True)
class LoggedDelivery:
    """Delivery with its last attempt: `request` is the body that was sent, `answer` the beginning of the answer, `status` its
    status, None if none came."""

    id: int
    message_id: str
    event: str
    state: DeliveryState
    happened_at: dt.datetime
    due_at: dt.datetime
    attempts: int
    attempted_at: dt.datetime | None
    seconds: float
    request: str
    status: int | None
    answer: str
    error: str


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """Page of a log, newest first; `total` counts the deliveries that the log shows."""

    deliveries: tuple[LoggedDelivery, ...]
    page: int
    total: int

    @property
    def has_next(self) -> bool:
        """Return whether there is a page of older ones."""
        return self.page * PAGE_SIZE < self.total


def webhook_ids() -> Sequence[int]:
    """Return the ids of all webhooks of the site."""
    return db.session.scalars(select(Webhook.id).order_by(Webhook.id)).all()


def webhooks_of(coalition_id: int) -> tuple[ListedWebhook, ...]:
    """Return a coalition's webhooks by name."""
    query = _SELECT.where(Webhook.coalition_id == coalition_id).order_by(func.lower(Webhook.label), Webhook.id)
    return tuple(_listed(webhook, name or "") for webhook, name in db.session.execute(query))


def webhook_of(coalition_id: int, webhook_id: int) -> ListedWebhook | None:
    """Return a coalition's webhook; None if it has none with this id."""
    query = _SELECT.where(Webhook.coalition_id == coalition_id, Webhook.id == webhook_id)
    row = db.session.execute(query).one_or_none()
    return _listed(row[0], row[1] or "") if row else None


_SELECT = select(Webhook, Staff.name).outerjoin(Staff, Staff.id == Webhook.created_by_id)


def _listed(webhook: Webhook, created_by: str) -> ListedWebhook:
    waiting = select(WebhookDelivery.id).where(WebhookDelivery.webhook_id == webhook.id, WAITING_CONDITION)
    return ListedWebhook(
        webhook.id, webhook.label, webhook.url, tuple(one for one in EventType if one in webhook.events), webhook.version,
        webhook.created_at, created_by, webhook.paused_at, webhook.pause_reason, webhook.failing_since, webhook.accepted_at,
        webhook.former_until, count_rows(waiting, COUNTED),
    )  # fmt: skip


def delivery_page(webhook_id: int, page: int) -> DeliveryPage:
    """Return a page of a webhook's log: its newest deliveries, finished or waiting, up to LOGGED_DELIVERIES."""
    newest = select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook_id).order_by(WebhookDelivery.id.desc())
    total = min(count_rows(newest, LOGGED_DELIVERIES), LOGGED_DELIVERIES)
    shown = clamp_page(page, total, PAGE_SIZE)
    first = (shown - 1) * PAGE_SIZE
    rows = db.session.scalars(newest.offset(first).limit(min(PAGE_SIZE, max(total - first, 0))))
    return DeliveryPage(tuple(_logged(row) for row in rows), shown, total)


def _logged(row: WebhookDelivery) -> LoggedDelivery:
    return LoggedDelivery(
        row.id, row.message_id, row.event, row.state, row.happened_at, row.due_at, row.attempts, row.attempted_at, row.seconds,
        _indented(row.request), row.status, row.answer, row.error,
    )  # fmt: skip


def _indented(request: str) -> str:
    """Return a body as people read it."""
    return json.dumps(json.loads(request), indent=2, ensure_ascii=False) if request else ""
