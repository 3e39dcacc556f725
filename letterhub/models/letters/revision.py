"""Revisions: immutable texts of a letter, with the hash that signatures are bound to."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint, event
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from letterhub.domain.letters.document import LetterText
from letterhub.domain.letters.revisions import ChangeKind
from letterhub.domain.letters.serialization import text_from_facts
from letterhub.infrastructure.db import Base


class Revision(Base):
    """Text as it was signed: `content` is the text as JSON, `sha256` its fingerprint.

    `change` is the kind of difference from the previous one, `reason` its public reason. Signatures under revisions from
    number `counts_from` on count for this text; `reconfirmations_requested` is how many published names had signed an earlier
    one then.
    """

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("letter_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))
    change: Mapped[ChangeKind] = mapped_column(default=ChangeKind.FIRST)
    reason: Mapped[str] = mapped_column(String(500), default="")
    counts_from: Mapped[int] = mapped_column(default=1)
    reconfirmations_requested: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[dt.datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))

    @property
    def text(self) -> LetterText:
        """Text as a value."""
        return text_from_facts(self.content)


@event.listens_for(Revision, "before_update")
def _forbid_change(_mapper: Mapper[Any], _connection: Any, revision: Revision) -> None:
    raise RuntimeError(f"revision {revision.number} is immutable: write a new one")
