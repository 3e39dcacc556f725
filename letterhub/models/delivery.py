"""A delivery: an edition handed over to someone, as staff recorded it, and what became of that record."""

import datetime as dt

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from letterhub.db import Base
from letterhub.domain.deliveries import REASON_LENGTH, RECEIPT_LENGTH, RECIPIENT_LENGTH, Way, check_take_back
from letterhub.models.edition import Edition


class Delivery(Base):
    """One handing over of one edition. It stands until it is taken back, which its row keeps too.

    `zone` is the one its moment is told in; `outbox_id` is the email that Letterhub sent, `mail_limit` how many bytes
    it was said that its mailbox takes; `copies` is how many signatories were sent theirs. `request_key` is the form that it
    came by, so that a form that is sent twice delivers once.
    """

    __tablename__ = "delivery"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    recipient: Mapped[str] = mapped_column(String(RECIPIENT_LENGTH))
    way: Mapped[Way]
    delivered_at: Mapped[dt.datetime]
    zone: Mapped[str] = mapped_column(String(64))
    receipt: Mapped[str] = mapped_column(String(RECEIPT_LENGTH), default="")
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id", ondelete="SET NULL"))
    mail_limit: Mapped[int | None]
    copies: Mapped[int] = mapped_column(default=0)
    recorded_at: Mapped[dt.datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    taken_back_at: Mapped[dt.datetime | None]
    taken_back_why: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    request_key: Mapped[str | None] = mapped_column(String(64), unique=True, index=True)

    edition: Mapped[Edition] = relationship(lazy="raise")

    def take_back(self, why: str, at: dt.datetime) -> None:
        """It was recorded by mistake; raises DeliveryStays."""
        check_take_back(self.recorded_at, self.taken_back_at, at)
        self.taken_back_at, self.taken_back_why = at, why
