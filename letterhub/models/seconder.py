"""A seconder: a second person of an organization, who stands by the signature that was there when she came to sign."""

import datetime as dt

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.db import Base


class Seconder(Base):
    """Who seconded which signature. `entry_id` is her own entry, which holds her address and name, and keeps them as long as a
    signature's; `ended_at` is when she no longer wanted to hear of it.
    """

    __tablename__ = "seconder"

    id: Mapped[int] = mapped_column(primary_key=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), unique=True)
    at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
