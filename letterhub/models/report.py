"""A verification report: how we know each name of a letter, drawn once for whoever asked, and kept for a day at most."""

import datetime as dt

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.db import Base
from letterhub.domain.editions import JobState


class Report(Base):
    """A report as PDF, and the job that draws it. `lease_until` is when a running job counts as lost and is taken up again."""

    __tablename__ = "report"

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"), index=True)
    with_addresses: Mapped[bool] = mapped_column(default=False)
    state: Mapped[JobState] = mapped_column(default=JobState.WAITING, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(1000), default="")
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    asked_at: Mapped[dt.datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    lease_until: Mapped[dt.datetime | None]

    def is_due(self, at: dt.datetime) -> bool:
        """Whether it waits to be drawn, or whoever drew it is lost."""
        lost = self.state is JobState.RUNNING and (self.lease_until is None or self.lease_until <= at)
        return self.state is JobState.WAITING or lost

    def begin(self, lease_until: dt.datetime) -> None:
        """Someone draws it, until then at the latest."""
        self.state, self.attempts, self.lease_until = JobState.RUNNING, self.attempts + 1, lease_until

    def finish(self, content: bytes) -> None:
        """It is drawn."""
        self.content, self.state, self.error, self.lease_until = content, JobState.DONE, "", None

    def give_back(self) -> None:
        """Whoever drew it was told to end: it waits for the next, and this try does not count."""
        self.state, self.attempts, self.lease_until = JobState.WAITING, self.attempts - 1, None

    def fail(self, sentence: str) -> None:
        """It cannot be drawn."""
        self.state, self.error, self.lease_until = JobState.FAILED, sentence[:1000], None
