"""Seconders: further people of an organization who confirmed its existing signature."""

import datetime as dt

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.infrastructure.db import Base


class Seconder(Base):
    """Second confirmation of a signature. `own_signature_id` is the seconder's own signature row, which holds their address and
    name, with the same retention; `ended_at` is when they unsubscribed from news about it."""

    __tablename__ = "seconder"

    id: Mapped[int] = mapped_column(primary_key=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), index=True)
    own_signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), unique=True)
    confirmed_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
