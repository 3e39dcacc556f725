"""Deliveries: editions handed over to someone, as staff recorded it."""

import datetime as dt

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from letterhub.domain.editions.deliveries import REASON_LENGTH, RECEIPT_LENGTH, RECIPIENT_LENGTH, DeliveryMethod, check_undo
from letterhub.infrastructure.db import Base
from letterhub.models.editions.edition import Edition


class Delivery(Base):
    """Delivery of one edition. Undoing it keeps the row.

    `time_zone` is the time zone of its display; `outbox_id` is the email that Letterhub sent, `mail_limit` the maximum bytes
    of a mail to its mailbox; `copies` is the number of signatories who were sent a copy. `idempotency_key` is the idempotency
    key of its form.
    """

    __tablename__ = "delivery"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    recipient: Mapped[str] = mapped_column(String(RECIPIENT_LENGTH))
    method: Mapped[DeliveryMethod]
    delivered_at: Mapped[dt.datetime]
    time_zone: Mapped[str] = mapped_column(String(64))
    receipt: Mapped[str] = mapped_column(String(RECEIPT_LENGTH), default="")
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_message.id", ondelete="SET NULL"))
    mail_limit: Mapped[int | None]
    copies: Mapped[int] = mapped_column(default=0)
    recorded_at: Mapped[dt.datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    undone_at: Mapped[dt.datetime | None]
    undo_reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    idempotency_key: Mapped[str | None] = mapped_column(String(64), unique=True, index=True)

    edition: Mapped[Edition] = relationship(lazy="raise")

    def undo(self, reason: str, at: dt.datetime) -> None:
        """Undo it as recorded by mistake. Raises CannotUndoDelivery if that is no longer possible."""
        check_undo(self.recorded_at, self.undone_at, at)
        self.undone_at, self.undo_reason = at, reason
