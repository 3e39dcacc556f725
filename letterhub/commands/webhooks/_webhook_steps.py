"""Steps of commands on webhooks: the audit log, emails to owners, and deliveries that become due."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update

from letterhub.domain.accounts.roles import Role
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.webhooks.deliveries import WebhookRefused
from letterhub.infrastructure.db import db
from letterhub.mail.outbox import queue_mail
from letterhub.models import Membership, Staff, Webhook, WebhookDelivery, append_audit_entry
from letterhub.queries.webhooks.due import WAITING_CONDITION


def lock_webhook(coalition_id: int, webhook_id: int) -> Webhook:
    """Return a coalition's webhook, locked. Raises WebhookRefused if it was removed."""
    query = select(Webhook).where(Webhook.id == webhook_id, Webhook.coalition_id == coalition_id)
    if (webhook := db.session.scalar(query.with_for_update().execution_options(populate_existing=True))) is None:
        raise WebhookRefused(_("This webhook was removed."))
    return webhook


def append_webhook_entry(
    webhook: Webhook,
    action: str,
    actor: str,
    at: dt.datetime,
    after: Mapping[str, Any] | None = None,
    before: Mapping[str, Any] | None = None,
) -> None:
    """Append an entry about a webhook to its coalition's audit log. No secret is in it."""
    chain = ReferenceKind.COALITION.reference(webhook.coalition_id)
    facts = {"name": webhook.label, **(after or {})}
    append_audit_entry(db.session(), chain, actor, action, at=at, before=before, after=facts)


def make_waiting_due(webhook: Webhook, at: dt.datetime, **anew: Any) -> None:
    """Have everything sent now that waits for a webhook, which is locked; `anew` sets further columns."""
    db.session.flush()
    waiting = update(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook.id, WAITING_CONDITION)
    db.session.execute(waiting.values(due_at=at, **anew), execution_options={"synchronize_session": False})


def email_owners(webhook: Webhook, at: dt.datetime) -> None:
    """Queue an email to each owner of the coalition: its webhook was paused."""
    owners = (
        select(Staff.email)
        .join(Membership, Membership.staff_id == Staff.id)
        .where(Membership.coalition_id == webhook.coalition_id, Membership.role == Role.OWNER)
        .where(Membership.joined_at.is_not(None), Staff.active)
        .order_by(Staff.id)
    )
    for email in db.session.scalars(owners):
        queue_mail(MailKind.WEBHOOK_PAUSED, email, {"webhook_id": webhook.id}, at=at, coalition_id=webhook.coalition_id)
