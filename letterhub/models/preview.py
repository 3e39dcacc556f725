"""A preview: a letter as its pages would be, drawn once for whoever writes on it, and kept for a day at most."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.db import Base
from letterhub.domain.editions import JobState


class Preview(Base):
    """A text as it was saved when someone asked for its pages, and the job that draws them. It is no edition: it has no number.

    `progress` is in percent. `lease_until` is when a running job counts as lost and is taken up again.
    """

    __tablename__ = "preview"

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"), index=True)
    text: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    version: Mapped[int]
    state: Mapped[JobState] = mapped_column(default=JobState.WAITING, index=True)
    progress: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(1000), default="")
    warnings: Mapped[list[Any]] = mapped_column(default=list)
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    pages: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[dt.datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    lease_until: Mapped[dt.datetime | None]

    def is_due(self, at: dt.datetime) -> bool:
        """Whether it waits to be drawn, or whoever drew it is lost."""
        lost = self.state is JobState.RUNNING and (self.lease_until is None or self.lease_until <= at)
        return self.state is JobState.WAITING or lost

    def begin(self, lease_until: dt.datetime) -> None:
        """Someone draws it, until then or longer."""
        self.state, self.attempts, self.progress, self.lease_until = JobState.RUNNING, self.attempts + 1, 0, lease_until

    def finish(self, content: bytes, pages: int, warnings: list[str]) -> None:
        """It is drawn."""
        self.content, self.pages, self.warnings = content, pages, warnings
        self.state, self.progress, self.error, self.lease_until = JobState.DONE, 100, "", None

    def give_back(self) -> None:
        """Whoever drew it was told to end: it waits for the next, and this try does not count."""
        self.state, self.attempts, self.progress, self.lease_until = JobState.WAITING, self.attempts - 1, 0, None

    def fail(self, sentence: str) -> None:
        """It cannot be drawn."""
        self.state, self.error, self.lease_until = JobState.FAILED, sentence[:1000], None
