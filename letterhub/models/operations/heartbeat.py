"""Heartbeats: the last sign of each worker, of the queue and of backups, shared by all machines."""

import datetime as dt

from sqlalchemy import Double, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.domain.operations.heartbeat import HeartbeatKind
from letterhub.infrastructure.db import Base


class Heartbeat(Base):
    """Heartbeat of a sender: since when, and last at, by the database's clock.

    `machine_id` is an anonymous machine id, `seconds_ahead` by how many seconds its clock is ahead of the database's.
    """

    __tablename__ = "heartbeat"
    __table_args__ = (UniqueConstraint("kind", "sender"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[HeartbeatKind]
    sender: Mapped[str] = mapped_column(String(40), default="")
    machine_id: Mapped[str] = mapped_column(String(12), default="")
    since: Mapped[dt.datetime]
    at: Mapped[dt.datetime]
    seconds_ahead: Mapped[float] = mapped_column(Double, default=0.0)
