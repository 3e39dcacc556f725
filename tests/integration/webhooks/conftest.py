"""A receiver on this machine, a site that may call it, and a webhook of the coalition."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.commands.webhooks.deliver import deliver_due_webhooks
from letterhub.commands.webhooks.webhooks import add_webhook
from letterhub.config import Settings
from letterhub.domain.webhooks.events import CHOOSABLE
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.infrastructure.public_http import PublicCaller
from letterhub.models import Webhook, WebhookDelivery
from tests.support import factories
from tests.support.servers.database_copies import settings_for
from tests.support.servers.mail_server import Inbox
from tests.support.servers.webhook_receiver import Receiver, run_receiver


@pytest.fixture
def settings(database_url: str, tmp_path: Path, postbox: Inbox) -> Settings:
    """Settings of a site whose webhooks may call this machine."""
    return replace(settings_for(database_url, tmp_path, mail_port=postbox.port), webhooks_to_loopback=True)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Receiver of webhooks."""
    with run_receiver() as receiver:
        yield receiver


class Hook:
    """Webhook of the coalition: its id and secret, and what a worker does for it."""

    def __init__(self, webhook_id: int, secret: str) -> None:
        self.id, self.secret = webhook_id, secret
        self.coalition_id = factories.coalition().id
        self.caller = PublicCaller(allows_loopback=True, seconds=5)

    def deliver(self) -> int:
        """Send what is due, as a worker does."""
        accepted = deliver_due_webhooks(self.caller)
        end_read_transaction()
        return accepted

    @property
    def row(self) -> Webhook:
        """The webhook as it is stored."""
        end_read_transaction()
        return db.session.get_one(Webhook, self.id)

    @property
    def deliveries(self) -> list[WebhookDelivery]:
        """Its deliveries, oldest first."""
        end_read_transaction()
        return db.session.query(WebhookDelivery).filter_by(webhook_id=self.id).order_by(WebhookDelivery.id).all()


@pytest.fixture
def hook(app: Flask, receiver: Receiver) -> Hook:
    """Webhook that tells the receiver everything."""
    facts = {"staff_id": None, "actor": "staff-1", "at": now()}
    return Hook(*add_webhook(factories.coalition().id, "Member database", receiver.url, CHOOSABLE, **facts))
