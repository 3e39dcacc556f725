"""Mail suppression: mailboxes that get no more mail about a letter, disowned by their owner or undeliverable."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.domain.mail.suppression import SuppressionReason
from letterhub.infrastructure.db import Base


class MailSuppression(Base):
    """Suppression entry. It outlives the address, of which it holds only a hash.

    `signer_name` is the supposed signer and `domain` the one whose alarm it counts for; `acknowledged_at` is when staff
    acknowledged it.
    """

    __tablename__ = "mail_suppression"
    __table_args__ = (Index("ix_mail_suppression_mailbox", "letter_id", "mailbox_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), index=True)
    mailbox_hash: Mapped[str] = mapped_column(String(64))
    reason: Mapped[SuppressionReason]
    signer_name: Mapped[str] = mapped_column(String(300))
    domain: Mapped[str] = mapped_column(String(255), default="")
    suppressed_at: Mapped[dt.datetime]
    acknowledged_at: Mapped[dt.datetime | None]
