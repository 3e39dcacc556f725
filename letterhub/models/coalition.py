"""A coalition: the group that hosts letters and has staff."""

import datetime as dt
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.db import Base


class Coalition(Base):
    """Everything else belongs to one coalition; `address` is the lines of its letterhead, `accent` a color as #rrggbb."""

    __tablename__ = "coalition"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    address: Mapped[list[Any]] = mapped_column(default=list)
    accent: Mapped[str] = mapped_column(String(7), default="#1f3a68")
    created_at: Mapped[dt.datetime]
