"""Scheduled runs: claims of hourly work, so that only one of several workers does it."""

import datetime as dt

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.infrastructure.db import Base


class ScheduledRun(Base):
    """Last hour in which a scheduled run of this name was claimed."""

    __tablename__ = "scheduled_run"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    hour: Mapped[dt.datetime]
