"""An edition: a frozen, numbered letter with its list, and the files that are drawn from it once."""

import datetime as dt
import enum
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from letterhub.db import Base
from letterhub.models.letter import Letter


class Format(enum.StrEnum):
    """What an edition is drawn as."""

    HTML = "html"
    PDF = "pdf"
    CSV = "csv"


class JobState(enum.StrEnum):
    """How far the drawing of a file has come."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Edition(Base):
    """One snapshot: `document` is the whole LetterDocument as plain JSON, `sha256` its hash, `public_id` its printed id."""

    __tablename__ = "edition"
    __table_args__ = (UniqueConstraint("letter_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    number: Mapped[int]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    as_of: Mapped[dt.datetime]
    count: Mapped[int]
    document: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))

    letter: Mapped[Letter] = relationship(lazy="raise")


class EditionFile(Base):
    """One file of an edition, and the job that draws it. Once `done`, its content never changes.

    `progress` is in percent. `lease_until` is when a running job counts as lost and is taken up again.
    """

    __tablename__ = "edition_file"
    __table_args__ = (UniqueConstraint("edition_id", "format"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    format: Mapped[Format]
    state: Mapped[JobState] = mapped_column(default=JobState.WAITING, index=True)
    progress: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(1000), default="")
    warnings: Mapped[list[Any]] = mapped_column(default=list)
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    size: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    asked_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime | None]
    lease_until: Mapped[dt.datetime | None]

    edition: Mapped[Edition] = relationship(lazy="raise")
