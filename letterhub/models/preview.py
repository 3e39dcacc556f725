"""A preview: a letter as its pages would be, drawn once for whoever writes on it, and kept for a day at most."""

from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.domain.editions import JobState
from letterhub.models.job import LongJob


class Preview(LongJob):
    """A text as it was saved when someone asked for its pages, and the job that draws them. No edition: it has no number."""

    __tablename__ = "preview"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"), index=True)
    text: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    version: Mapped[int]
    pages: Mapped[int] = mapped_column(default=0)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))

    def finish(self, content: bytes, pages: int, warnings: list[str]) -> None:
        """It is drawn."""
        self.content, self.pages, self.warnings = content, pages, warnings
        self.state, self.progress, self.error, self.lease_until = JobState.DONE, 100, "", None
