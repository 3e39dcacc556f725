"""Webhooks of a coalition: added, changed, tested, paused, resumed and removed; new secrets, and deliveries sent again."""

import datetime as dt
import secrets
from collections.abc import Sequence
from urllib.parse import urlsplit

from sqlalchemy import func, insert, select

from letterhub.commands.webhooks._webhook_steps import append_webhook_entry, lock_webhook, make_waiting_due
from letterhub.domain.abuse.submission_limits import make_idempotency_key
from letterhub.domain.i18n import _
from letterhub.domain.webhooks.deliveries import (
    MAX_TESTS_PER_HOUR,
    MAX_WEBHOOKS,
    SECRET_OVERLAP,
    DeliveryState,
    WebhookChanged,
    WebhookRefused,
)
from letterhub.domain.webhooks.events import EventType
from letterhub.domain.webhooks.payload_signatures import new_secret
from letterhub.domain.webhooks.targets import parse_target
from letterhub.infrastructure.db import db, one_transaction
from letterhub.infrastructure.signed_links import UnreadableSecret, current_settings, seal, unseal
from letterhub.models import Coalition, Webhook, WebhookDelivery, delivery_columns


@one_transaction
def add_webhook(
    coalition_id: int,
    label: str,
    url: str,
    events: Sequence[EventType],
    *,
    staff_id: int,
    actor: str,
    at: dt.datetime,
    form_token: str = "",
) -> tuple[int, str]:
    """Add a webhook; return its id and its secret, which no page shows again. A form sent twice adds one.

    Raises WebhookRefused and InvalidTarget.
    """
    target = parse_target(url, allows_loopback=current_settings().webhooks_to_loopback)
    db.session.get_one(Coalition, coalition_id, with_for_update=True)
    key = make_idempotency_key(form_token, "webhook", coalition_id)
    if key and (existing := db.session.scalar(select(Webhook).where(Webhook.idempotency_key == key))) is not None:
        return existing.id, unseal(existing.secret)
    count = db.session.scalar(select(func.count(Webhook.id)).where(Webhook.coalition_id == coalition_id)) or 0
    if count >= MAX_WEBHOOKS:
        raise WebhookRefused(_("A coalition has up to %(most)s webhooks. Remove one first.", most=MAX_WEBHOOKS))
    secret = new_secret(secrets.token_bytes)
    webhook = Webhook(
        coalition_id=coalition_id, label=label, url=target.url, events=[str(event) for event in events], secret=seal(secret),
        created_at=at, created_by_id=staff_id, idempotency_key=key,
    )  # fmt: skip
    db.session.add(webhook)
    db.session.flush()
    append_webhook_entry(webhook, "webhook added", actor, at, {"host": target.host, "events": webhook.events})
    return webhook.id, secret


@one_transaction
def change_webhook(
    coalition_id: int,
    webhook_id: int,
    label: str,
    url: str,
    events: Sequence[EventType],
    expected_version: int,
    *,
    actor: str,
    at: dt.datetime,
) -> None:
    """Change name, address and events of a webhook; what waits goes to the new address.

    Raises WebhookRefused, WebhookChanged if somebody else changed it meanwhile, and InvalidTarget.
    """
    target = parse_target(url, allows_loopback=current_settings().webhooks_to_loopback)
    webhook = lock_webhook(coalition_id, webhook_id)
    if webhook.version != expected_version:
        raise WebhookChanged(_("Someone else changed this webhook. Yours is below: save again to replace theirs."))
    before = {"host": _host_of(webhook), "events": webhook.events}
    is_moved = webhook.url != target.url
    webhook.label, webhook.url, webhook.events = label, target.url, [str(event) for event in events]
    webhook.version += 1
    if is_moved and webhook.paused_at is None:
        webhook.resume()
        make_waiting_due(webhook, at)
    append_webhook_entry(webhook, "webhook changed", actor, at, {"host": target.host, "events": webhook.events}, before=before)


def _host_of(webhook: Webhook) -> str:
    """Return the host of a webhook's address for the audit log, which must hold no token of a query."""
    return urlsplit(webhook.url).hostname or ""


@one_transaction
def replace_secret(coalition_id: int, webhook_id: int, *, actor: str, at: dt.datetime) -> str:
    """Replace a webhook's secret; return the new one, which no page shows again. For a day both sign. Raises WebhookRefused."""
    webhook = lock_webhook(coalition_id, webhook_id)
    secret = new_secret(secrets.token_bytes)
    try:
        unseal(webhook.secret)
        webhook.former_secret, webhook.former_until = webhook.secret, at + SECRET_OVERLAP
    except UnreadableSecret:
        webhook.former_secret, webhook.former_until = "", None
    webhook.secret = seal(secret)
    append_webhook_entry(webhook, "webhook secret replaced", actor, at)
    return secret


@one_transaction
def pause_webhook(coalition_id: int, webhook_id: int, *, actor: str, at: dt.datetime) -> None:
    """Pause a webhook; its events wait. Raises WebhookRefused."""
    webhook = lock_webhook(coalition_id, webhook_id)
    if webhook.paused_at is None:
        webhook.pause(at)
        append_webhook_entry(webhook, "webhook paused", actor, at)


@one_transaction
def resume_webhook(coalition_id: int, webhook_id: int, *, actor: str, at: dt.datetime) -> None:
    """Resume a webhook, and send what waits. The days until giving up begin anew. Raises WebhookRefused."""
    webhook = lock_webhook(coalition_id, webhook_id)
    if webhook.paused_at is None:
        return
    webhook.resume()
    make_waiting_due(webhook, at, requested_at=at, failures=0)
    append_webhook_entry(webhook, "webhook resumed", actor, at)


@one_transaction
def remove_webhook(coalition_id: int, webhook_id: int, *, actor: str, at: dt.datetime) -> str:
    """Remove a webhook with its log and what waits for it; return its name. Raises WebhookRefused."""
    webhook = lock_webhook(coalition_id, webhook_id)
    append_webhook_entry(webhook, "webhook removed", actor, at, {"host": _host_of(webhook)})
    db.session.delete(webhook)
    return webhook.label


@one_transaction
def send_test_event(coalition_id: int, webhook_id: int, *, at: dt.datetime) -> None:
    """Queue a test event for a webhook. Raises WebhookRefused."""
    webhook = lock_webhook(coalition_id, webhook_id)
    if webhook.paused_at is not None:
        raise WebhookRefused(_("This webhook is paused. Resume it first."))
    recent = select(func.count(WebhookDelivery.id)).where(
        WebhookDelivery.webhook_id == webhook_id, WebhookDelivery.event == EventType.TEST,
        WebhookDelivery.happened_at > at - dt.timedelta(hours=1),
    )  # fmt: skip
    if (db.session.scalar(recent) or 0) >= MAX_TESTS_PER_HOUR:
        raise WebhookRefused(_("Many tests were sent within an hour. Wait a while."))
    webhook.rest_until = None
    db.session.execute(insert(WebhookDelivery), [delivery_columns(webhook_id, EventType.TEST, at)])


@one_transaction
def replay_delivery(coalition_id: int, webhook_id: int, delivery_id: int, *, at: dt.datetime) -> None:
    """Send a finished delivery of a webhook again, under the same id. Raises WebhookRefused."""
    webhook = lock_webhook(coalition_id, webhook_id)
    delivery = db.session.get(WebhookDelivery, delivery_id, with_for_update=True)
    if delivery is None or delivery.webhook_id != webhook_id:
        raise WebhookRefused(_("This delivery is no longer in the log."))
    if delivery.state is DeliveryState.WAITING and delivery.due_at <= at:
        return  # pressed twice
    delivery.replay(at)
    webhook.rest_until = None
