"""Table of partners who recruit signers for a letter by a link of their own."""

import datetime as dt

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.infrastructure.db import Base


class Partner(Base):
    """Partner of a letter: `source` is the word in its link, by which forms are counted."""

    __tablename__ = "partner"
    __table_args__ = (UniqueConstraint("letter_id", "source"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[dt.datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
