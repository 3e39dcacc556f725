"""A job: something that a worker draws, how far that is, and until when someone has it in hand. No table of its own."""

import datetime as dt
from typing import Any

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.db import Base
from letterhub.domain.editions import JobState


class Job(Base):
    """What is drawn, and the drawing of it. `lease_until` is when a running job counts as lost and is taken up again."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[JobState] = mapped_column(default=JobState.WAITING, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(1000), default="")
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    asked_at: Mapped[dt.datetime]
    lease_until: Mapped[dt.datetime | None]

    def is_due(self, at: dt.datetime) -> bool:
        """Whether it waits to be drawn, or whoever drew it is lost."""
        lost = self.state is JobState.RUNNING and (self.lease_until is None or self.lease_until <= at)
        return self.state is JobState.WAITING or lost

    def begin(self, lease_until: dt.datetime) -> None:
        """Someone draws it, until then or longer."""
        self.state, self.attempts, self.lease_until = JobState.RUNNING, self.attempts + 1, lease_until

    def give_back(self) -> None:
        """Whoever drew it was told to end: it waits for the next, and this try does not count."""
        self.state, self.attempts, self.lease_until = JobState.WAITING, self.attempts - 1, None

    def rest(self, lease_until: dt.datetime) -> None:
        """Whoever drew it met a fault: it is taken up again then, and this try counts."""
        self.lease_until = lease_until

    def fail(self, sentence: str, at: dt.datetime) -> None:  # noqa: ARG002 - a file of an edition keeps when
        """It cannot be drawn, and is given up."""
        self.state, self.error, self.lease_until = JobState.FAILED, sentence[:1000], None


class LongJob(Job):
    """A job that tells meanwhile how far it is, `progress` in percent, and in the end what could not be drawn whole."""

    __abstract__ = True

    progress: Mapped[int] = mapped_column(default=0)
    warnings: Mapped[list[Any]] = mapped_column(default=list)

    def begin(self, lease_until: dt.datetime) -> None:
        """Someone draws it from its beginning, until then or longer."""
        super().begin(lease_until)
        self.progress = 0

    def come_to(self, percent: int, lease_until: dt.datetime) -> None:
        """Whoever draws it has come so far, and has it until then or longer."""
        self.progress, self.lease_until = percent, lease_until

    def give_back(self) -> None:
        """Whoever drew it was told to end: nothing of it is left, and this try does not count."""
        super().give_back()
        self.progress = 0
