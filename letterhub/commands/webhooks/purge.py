"""Purge of webhooks: logs are cut to the last deliveries, and secrets move on to the site's present key."""

import datetime as dt

from sqlalchemy import delete, or_, select

from letterhub.domain.webhooks.deliveries import LOG_LIFETIME, LOGGED_DELIVERIES
from letterhub.infrastructure.db import db, one_transaction
from letterhub.infrastructure.signed_links import UnreadableSecret, current_settings, reseal
from letterhub.models import Webhook, WebhookDelivery
from letterhub.queries.webhooks.due import WAITING_CONDITION

BATCH_SIZE = 500


@one_transaction
def purge_webhook_log(webhook_id: int, at: dt.datetime) -> int:
    """Delete a batch of a webhook's finished deliveries that are old, or beyond the last ones; return how many. Callers repeat
    it until it returns 0."""
    of_webhook = WebhookDelivery.webhook_id == webhook_id, ~WAITING_CONDITION
    newest = select(WebhookDelivery.id).where(*of_webhook).order_by(WebhookDelivery.id.desc())
    oldest_logged = newest.offset(LOGGED_DELIVERIES - 1).limit(1).scalar_subquery()
    is_old = or_(WebhookDelivery.id < oldest_logged, WebhookDelivery.happened_at < at - LOG_LIFETIME)
    ids = db.session.scalars(select(WebhookDelivery.id).where(*of_webhook, is_old).limit(BATCH_SIZE)).all()
    db.session.execute(delete(WebhookDelivery).where(WebhookDelivery.id.in_(ids)))
    return len(ids)


@one_transaction
def reseal_webhook_secrets() -> None:
    """Encrypt the secrets of all webhooks under the site's present key, so that its operator may drop a former one."""
    if not current_settings().secret_key_fallbacks:
        return
    for webhook in db.session.scalars(select(Webhook).order_by(Webhook.id).with_for_update()):
        try:
            webhook.secret = reseal(webhook.secret)
            webhook.former_secret = reseal(webhook.former_secret) if webhook.former_secret else ""
        except UnreadableSecret:
            continue  # its page says that it needs a new one
