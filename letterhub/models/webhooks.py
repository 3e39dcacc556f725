"""Tables of webhooks: receivers of a coalition, and the deliveries that wait for them or are in their log."""

import datetime as dt
from typing import Any

from sqlalchemy import Double, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.domain.webhooks.deliveries import LABEL_LENGTH, DeliveryState, rest_until
from letterhub.domain.webhooks.targets import URL_LENGTH
from letterhub.infrastructure.db import Base

WAITING = text("accepted_at IS NULL AND failed_at IS NULL")
ERROR_LENGTH = 500


class Webhook(Base):
    """Receiver of a coalition's events. `secret` is sealed; `former_secret` signs, too, until `former_until`.

    `failures` counts those in a row, the first of which was at `failing_since`; until `rest_until` nothing is sent. While it is
    paused, events wait; `pause_reason` is "" if a person paused it. `attempted_at` is the last attempt of any delivery, by
    which receivers take turns.
    """

    __tablename__ = "webhook"

    id: Mapped[int] = mapped_column(primary_key=True)
    coalition_id: Mapped[int] = mapped_column(ForeignKey("coalition.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(LABEL_LENGTH))
    url: Mapped[str] = mapped_column(String(URL_LENGTH))
    events: Mapped[list[Any]]
    version: Mapped[int] = mapped_column(default=1)
    secret: Mapped[str] = mapped_column(Text)
    former_secret: Mapped[str] = mapped_column(Text, default="")
    former_until: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    paused_at: Mapped[dt.datetime | None]
    pause_reason: Mapped[str] = mapped_column(String(ERROR_LENGTH), default="")
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[dt.datetime | None]
    rest_until: Mapped[dt.datetime | None]
    attempted_at: Mapped[dt.datetime | None]
    accepted_at: Mapped[dt.datetime | None]
    idempotency_key: Mapped[str | None] = mapped_column(String(64), unique=True)

    def record_success(self, at: dt.datetime) -> None:
        """Record that it accepted a delivery."""
        self.attempted_at = self.accepted_at = at
        self.failures, self.failing_since, self.rest_until = 0, None, None

    def record_failure(self, at: dt.datetime) -> None:
        """Record that a delivery failed, and let it rest."""
        self.failures += 1
        self.attempted_at, self.failing_since = at, self.failing_since or at
        self.rest_until = rest_until(self.failures, at)

    def pause(self, at: dt.datetime, reason: str = "") -> None:
        """Send nothing until it is resumed."""
        self.paused_at, self.pause_reason = at, reason[:ERROR_LENGTH]

    def resume(self) -> None:
        """Send again, at once."""
        self.paused_at, self.pause_reason = None, ""
        self.failures, self.failing_since, self.rest_until = 0, None, None


class WebhookDelivery(Base):
    """Event for one webhook, which waits for `due_at` until it is accepted or has failed.

    `facts` has the ids of what the event is about besides letter and signature: the payload is made of the tables when it is
    sent. `message_id` stays the same for every attempt. `lease_until` is set while a worker sends it; past that, another may.
    `requested_at` is when sending was last requested, from which the days until giving up are counted, `failures` counts the
    failed attempts since then. `request`, `status`, `answer` and `seconds` are of the last attempt; `error` is why it failed.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        Index("ix_webhook_delivery_waiting", "webhook_id", "due_at", "id", sqlite_where=WAITING, postgresql_where=WAITING),
        Index("ix_webhook_delivery_webhook_id", "webhook_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"))
    message_id: Mapped[str] = mapped_column(String(40), unique=True)
    event: Mapped[str] = mapped_column(String(40))
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"), index=True)
    signature_id: Mapped[int | None] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), index=True)
    facts: Mapped[dict[str, Any]]
    happened_at: Mapped[dt.datetime]
    requested_at: Mapped[dt.datetime]
    due_at: Mapped[dt.datetime]
    lease_until: Mapped[dt.datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    attempted_at: Mapped[dt.datetime | None]
    accepted_at: Mapped[dt.datetime | None]
    failed_at: Mapped[dt.datetime | None]
    request: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[int | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    seconds: Mapped[float] = mapped_column(Double, default=0.0)
    error: Mapped[str] = mapped_column(String(ERROR_LENGTH), default="")

    @property
    def state(self) -> DeliveryState:
        """State of the delivery."""
        if self.accepted_at:
            return DeliveryState.ACCEPTED
        return DeliveryState.FAILED if self.failed_at else DeliveryState.WAITING

    def accept(self, at: dt.datetime) -> None:
        """Mark it as accepted by the receiver."""
        self.accepted_at, self.error, self.lease_until, self.failed_at = at, "", None, None

    def postpone(self, due_at: dt.datetime, reason: str) -> None:
        """Have it retried at `due_at`."""
        self.due_at, self.lease_until, self.error = due_at, None, reason[:ERROR_LENGTH]

    def fail(self, at: dt.datetime, reason: str) -> None:
        """Mark it as failed, until someone has it sent again."""
        self.failed_at, self.lease_until, self.error = at, None, reason[:ERROR_LENGTH]

    def replay(self, at: dt.datetime) -> None:
        """Have it sent again now under the same id, as someone requested."""
        self.requested_at = self.due_at = at
        self.accepted_at = self.failed_at = self.lease_until = None
        self.failures, self.error = 0, ""
