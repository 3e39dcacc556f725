"""Attacks in a webhook and in its log: what its owner typed, and what its receiver answered."""

import json

from letterhub.clock import now
from letterhub.domain.webhooks.events import EventType
from letterhub.models import Webhook, WebhookDelivery, delivery_columns
from tests.support import factories


def add_webhook_rows(coalition_id: int, attack: str) -> None:
    """Add a paused webhook with a delivery, all of whose texts are attacks."""
    facts = {"label": attack[:100], "url": f"https://hooks.example.org/{attack}", "events": [str(one) for one in EventType]}
    paused = {"paused_at": now(), "pause_reason": attack, "secret": "", "created_at": now()}
    webhook = factories.save(Webhook(coalition_id=coalition_id, **facts, **paused))
    attempt = {"attempts": 1, "attempted_at": now(), "request": json.dumps({attack: attack}), "status": 500, "answer": attack}
    columns = delivery_columns(webhook.id, EventType.TEST, now()) | attempt | {"error": attack}
    factories.save(WebhookDelivery(**columns))
