"""An edition: a frozen, numbered letter with its list, and the files that are drawn from it once."""

import datetime as dt
import hashlib
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, event, inspect
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from letterhub.db import Base
from letterhub.domain.editions import Format, JobState
from letterhub.domain.listing import NAMES_A_PAGE, Part, words_of
from letterhub.domain.snapshot import signatory_from_facts
from letterhub.models.job import LongJob
from letterhub.models.letter import Letter


class Edition(Base):
    """One snapshot: `document` is the whole LetterDocument as plain JSON, `sha256` its hash, `public_id` its printed id.

    `address` is that of its check page and `zone` the one its moment is told in, both as its files print them.
    `signature_ids` are those of the document's signatories, one for one; `people` of its `count` sign for themselves.
    `request_key` is the form that it came by, so that a form that is sent twice freezes once.
    """

    __tablename__ = "edition"
    __table_args__ = (UniqueConstraint("letter_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    number: Mapped[int]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    as_of: Mapped[dt.datetime]
    count: Mapped[int]
    people: Mapped[int] = mapped_column(default=0)
    document: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(300), default="")
    zone: Mapped[str] = mapped_column(String(64), default="UTC")
    signature_ids: Mapped[list[Any]] = mapped_column(default=list, deferred=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    request_key: Mapped[str | None] = mapped_column(String(64), unique=True, index=True)

    letter: Mapped[Letter] = relationship(lazy="raise")


class EditionPage(Base):
    """Some of an edition's names, so that nobody reads all of them to show a few: `lines` in their order as its document has
    them, and `words` by which each is found, a line for each, every word after a space.
    """

    __tablename__ = "edition_page"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    lines: Mapped[list[Any]]
    words: Mapped[str] = mapped_column(Text)


class EditionFile(LongJob):
    """One file of an edition, and the job that draws it. Once `done`, its content never changes.

    `version` names the tools that drew it: under the same ones, the same edition gives the same bytes. A file that is done
    and has no `content` stands in the store of files, under its `sha256`.
    """

    __tablename__ = "edition_file"
    __table_args__ = (UniqueConstraint("edition_id", "format"),)

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    format: Mapped[Format]
    size: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str] = mapped_column(String(64), default="", index=True)
    version: Mapped[str] = mapped_column(String(64), default="")
    finished_at: Mapped[dt.datetime | None]

    edition: Mapped[Edition] = relationship(lazy="raise")

    def finish(self, content: bytes, warnings: list[str], at: dt.datetime, version: str = "", *, stored: bool = False) -> None:
        """It is drawn, for good; `stored` where its bytes stand in the store of files already."""
        self.version = version
        self.content = None if stored else content
        self.size, self.sha256 = len(content), hashlib.sha256(content).hexdigest()
        self.state, self.progress, self.warnings, self.error = JobState.DONE, 100, list(warnings), ""
        self.finished_at, self.lease_until = at, None

    def fail(self, sentence: str, at: dt.datetime) -> None:
        """It is given up, until someone asks for another try."""
        super().fail(sentence, at)
        self.finished_at = at

    def postpone(self, lease_until: dt.datetime) -> None:
        """It is drawn, and could not be kept: it is taken up again then, and this try does not count."""
        self.attempts, self.lease_until = self.attempts - 1, lease_until

    def wait(self, at: dt.datetime) -> None:
        """It is asked for once more."""
        self.state, self.error, self.attempts, self.progress = JobState.WAITING, "", 0, 0
        self.asked_at, self.finished_at = at, None


def pages_of(edition_id: int, lines: Sequence[dict[str, Any]], parts: Collection[Part]) -> Iterator[EditionPage]:
    """The pages of an edition whose document holds these lines, and the words of what it prints of them."""
    for number, begin in enumerate(range(0, len(lines), NAMES_A_PAGE), 1):
        some = list(lines[begin : begin + NAMES_A_PAGE])
        words = "\n".join(f" {' '.join(sorted(words_of(signatory_from_facts(one), parts)))}" for one in some)
        yield EditionPage(edition_id=edition_id, number=number, lines=some, words=words)


@event.listens_for(Edition, "before_update")
@event.listens_for(Edition, "before_delete")
def _never_changes(_mapper: Mapper[Any], _connection: Any, edition: Edition) -> None:
    raise RuntimeError(f"edition {edition.number} is frozen: freeze a new one")


@event.listens_for(EditionFile, "before_update")
@event.listens_for(EditionFile, "before_delete")
def _never_changes_once_done(_mapper: Mapper[Any], _connection: Any, file: EditionFile) -> None:
    before = inspect(file).attrs.state.history
    if JobState.DONE in (before.deleted or before.unchanged or ()):
        raise RuntimeError(f"the {file.format} of edition {file.edition_id} is drawn: it stays as it is")
