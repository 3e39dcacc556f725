"""Bulk declines: many signatures declined at once by their origin, and the data to undo it."""

import datetime as dt

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import Base


class BulkDecline(Base):
    """Bulk decline by a pattern: a network, a mail domain, a time range, or several of them."""

    __tablename__ = "bulk_decline"

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), index=True)
    network_hash: Mapped[str] = mapped_column(String(64), default="")
    mail_domain: Mapped[str] = mapped_column(String(255), default="")
    since: Mapped[dt.datetime | None]
    until: Mapped[dt.datetime | None]
    reason: Mapped[str] = mapped_column(String(500))
    count: Mapped[int]
    actor: Mapped[str] = mapped_column(String(40))
    at: Mapped[dt.datetime]
    restored_at: Mapped[dt.datetime | None]


class BulkDeclineItem(Base):
    """Signature of a bulk decline, with its state before."""

    __tablename__ = "bulk_decline_item"

    bulk_decline_id: Mapped[int] = mapped_column(ForeignKey("bulk_decline.id", ondelete="CASCADE"), primary_key=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), primary_key=True)
    state_before: Mapped[SignatureState]
