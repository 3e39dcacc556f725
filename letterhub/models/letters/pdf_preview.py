"""Previews: the PDF of a draft, rendered for its authors and kept for a day at most."""

from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.domain.editions.edition import JobState
from letterhub.models.operations.job import LongJob


class Preview(LongJob):
    """Text of a draft as saved when a preview was requested, and the job that renders it."""

    __tablename__ = "preview"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"), index=True)
    text: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    version: Mapped[int]
    pages: Mapped[int] = mapped_column(default=0)
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))

    def finish(self, content: bytes, pages: int, warnings: list[str]) -> None:
        """Store the result."""
        self.content, self.pages, self.warnings = content, pages, warnings
        self.state, self.progress, self.error, self.lease_until = JobState.DONE, 100, "", None
