"""A sweep: many names declined at once by where they came from, kept so that it can be undone."""

import datetime as dt

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.db import Base
from letterhub.domain.states import SignatureState


class Sweep(Base):
    """One decision upon a pattern: a network, a mail domain, a span of time, or several of them at once."""

    __tablename__ = "sweep"

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), index=True)
    network_key: Mapped[str] = mapped_column(String(64), default="")
    mail_domain: Mapped[str] = mapped_column(String(255), default="")
    since: Mapped[dt.datetime | None]
    until: Mapped[dt.datetime | None]
    reason: Mapped[str] = mapped_column(String(500))
    count: Mapped[int]
    actor: Mapped[str] = mapped_column(String(40))
    at: Mapped[dt.datetime]
    restored_at: Mapped[dt.datetime | None]


class SweptName(Base):
    """One signature of a sweep, and where it stood before."""

    __tablename__ = "swept_name"

    sweep_id: Mapped[int] = mapped_column(ForeignKey("sweep.id", ondelete="CASCADE"), primary_key=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), primary_key=True)
    stood: Mapped[SignatureState]
