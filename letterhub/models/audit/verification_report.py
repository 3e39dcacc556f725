"""Verification reports: the evidence for each name of a letter, rendered on request and kept for a day at most."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.domain.editions.edition import JobState
from letterhub.models.operations.job import Job


class Report(Job):
    """Report as PDF, and the job that renders it."""

    __tablename__ = "report"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"), index=True)
    with_addresses: Mapped[bool] = mapped_column(default=False)
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))

    def finish(self, content: bytes) -> None:
        """Store the result."""
        self.content, self.state, self.error, self.lease_until = content, JobState.DONE, "", None
