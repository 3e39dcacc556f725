"""Metrics of all processes since the site began."""

from sqlalchemy import Double, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.infrastructure.db import Base


class Metric(Base):
    """Metric value. `labels` are JSON: an endpoint, a command, a reason, a job, and never anything that someone typed."""

    __tablename__ = "metric"
    __table_args__ = (UniqueConstraint("name", "labels"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    labels: Mapped[str] = mapped_column(String(255))
    value: Mapped[float] = mapped_column(Double)
