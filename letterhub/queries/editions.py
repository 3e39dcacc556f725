"""Reads about editions: those of a letter with their files, what freezing would print now, and which files wait to be drawn."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import aliased

from letterhub.db import db
from letterhub.domain.counts_by_hand import CountByHand, counts_by_hand
from letterhub.domain.document import LetterDocument
from letterhub.domain.editions import MEDIA_TYPES, FileMark, Format, JobState, NoSuchEdition, file_name
from letterhub.domain.snapshot import facts_of_document, fingerprint
from letterhub.domain.states import LetterState
from letterhub.domain.unfinished import unfinished_in
from letterhub.files import whole
from letterhub.models import Edition, EditionFile, Letter, Revision, Staff
from letterhub.queries.documents import letter_document, published_lines
from letterhub.queries.jobs import jobs_to_draw
from letterhub.rendering.pdf import missing_glyphs
from letterhub.rendering.view import LetterView, letter_view


@dataclass(frozen=True, slots=True)
class EditionFileFacts:
    """One file of an edition and how far it is; `progress` in percent, `size` in bytes."""

    id: int
    format: Format
    state: JobState
    progress: int
    size: int
    sha256: str
    warnings: tuple[str, ...]
    error: str


@dataclass(frozen=True, slots=True)
class EditionFacts:
    """An edition as staff see it."""

    id: int
    number: int
    public_id: str
    as_of: dt.datetime
    count: int
    revision: int
    frozen_by: str
    files: tuple[EditionFileFacts, ...]

    @property
    def is_drawn(self) -> bool:
        """Whether nothing of it is still on its way; a manifest that waits for a file that failed is not."""
        failed = any(file.state is JobState.FAILED for file in self.files)
        return all(file.state.is_over or (failed and file.format is Format.JSON) for file in self.files)

    @property
    def is_whole(self) -> bool:
        """Whether all its files are there."""
        return all(file.state is JobState.DONE for file in self.files)


@dataclass(frozen=True, slots=True)
class Proof:
    """What freezing would print now, its fingerprint, what no font can draw, the number of an edition that is the same, the
    counts that were typed and are not that of the list, and the placeholders that were left in the text."""

    document: LetterDocument
    letter: LetterView
    revision: int
    fingerprint: str
    warnings: tuple[str, ...]
    same_as: int | None
    by_hand: tuple[CountByHand, ...]
    unfinished: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """A finished file; `version` is of the tools that drew it."""

    edition_id: int
    version: str
    name: str
    media_type: str
    data: bytes
    sha256: str
    warnings: tuple[str, ...]


def editions_of(letter_id: int) -> tuple[EditionFacts, ...]:
    """A letter's editions, the newest first."""
    files = defaultdict(list)
    for file in db.session.scalars(
        select(EditionFile).join(Edition).where(Edition.letter_id == letter_id).order_by(EditionFile.id)
    ):
        files[file.edition_id].append(_facts_of(file))
    rows = db.session.execute(
        select(Edition, Revision.number, Staff.name)
        .join(Revision, Revision.id == Edition.revision_id)
        .outerjoin(Staff, Staff.id == Edition.created_by_id)
        .where(Edition.letter_id == letter_id)
        .order_by(Edition.number.desc())
    )
    return tuple(
        EditionFacts(one.id, one.number, one.public_id, one.as_of, one.count, revision, by or "", tuple(files[one.id]))
        for one, revision, by in rows
    )


def proof_of(letter_id: int) -> Proof | None:
    """What would be frozen now; None for a letter that has no text to sign yet."""
    revision = db.session.scalar(
        select(Revision.number)
        .join(Letter)
        .where(Revision.letter_id == letter_id, Letter.state != LetterState.DRAFT)
        .order_by(Revision.number.desc())
        .limit(1)
    )
    if revision is None:
        return None
    document = letter_document(letter_id)
    mark = fingerprint(facts_of_document(document))
    last = select(Edition.number, Edition.sha256).where(Edition.letter_id == letter_id).order_by(Edition.number.desc()).limit(1)
    newest = db.session.execute(last).one_or_none()
    same_as = newest.number if newest and newest.sha256 == mark else None
    wrong = tuple(one for one in counts_by_hand(document.text.body) if not one.is_right(document.count))
    return Proof(
        document, letter_view(document, level=3), revision, mark, missing_glyphs(document), same_as, wrong,
        unfinished_in(document.text),
    )  # fmt: skip


def content_of(letter_id: int, number: int, form: Format) -> Content | None:
    """A finished file of an edition; None where there is none, or not yet. Raises FileDamaged and FilesAway."""
    row = db.session.execute(
        select(
            EditionFile.edition_id,
            EditionFile.version,
            EditionFile.content,
            EditionFile.sha256,
            EditionFile.warnings,
            Letter.slug,
        )
        .join(Edition, Edition.id == EditionFile.edition_id)
        .join(Letter, Letter.id == Edition.letter_id)
        .where(Letter.id == letter_id, Edition.number == number, EditionFile.format == form, EditionFile.state == JobState.DONE)
    ).one_or_none()
    if row is None:
        return None
    return Content(
        row.edition_id,
        row.version,
        file_name(row.slug, number, form),
        MEDIA_TYPES[form],
        whole(row.content, row.sha256),
        row.sha256,
        tuple(row.warnings),
    )


def marks_of(edition_id: int) -> tuple[FileMark, ...]:
    """What tells the finished files of an edition from all others, the manifest left out, in their order."""
    rows = db.session.execute(
        select(EditionFile.format, EditionFile.size, EditionFile.sha256, Edition.number, Letter.slug)
        .join(Edition, Edition.id == EditionFile.edition_id)
        .join(Letter, Letter.id == Edition.letter_id)
        .where(EditionFile.edition_id == edition_id, EditionFile.state == JobState.DONE)
        .where(EditionFile.format != Format.JSON)
        .order_by(EditionFile.id)
    )
    return tuple(FileMark(row.format, file_name(row.slug, row.number, row.format), row.size, row.sha256) for row in rows)


def ids_in_order(letter_id: int, document: LetterDocument) -> list[int]:
    """The signature of each signatory of the letter's document as it stands, in its order."""
    return [signature_id for signature_id, _ in published_lines(letter_id, document.text.order)]


def newest_number(letter_id: int) -> int:
    """The number of a letter's newest edition. Raises NoSuchEdition."""
    number = db.session.scalar(select(func.max(Edition.number)).where(Edition.letter_id == letter_id))
    if number is None:
        raise NoSuchEdition(
            "No edition of this letter is frozen yet. Freeze one at the desk, or export it as it stands with --current."
        )
    return number


def file_of(letter_id: int, number: int, form: Format) -> int | None:
    """The number of an edition's file in a format, drawn or not; None where there is none."""
    return db.session.scalar(
        select(EditionFile.id)
        .join(Edition)
        .where(Edition.letter_id == letter_id, Edition.number == number, EditionFile.format == form)
    )


def files_to_draw(at: dt.datetime) -> tuple[int, ...]:
    """The files that wait, and those whose drawing was broken off, the oldest first; a manifest once all others are there."""
    other = aliased(EditionFile)
    alone = ~exists().where(
        other.edition_id == EditionFile.edition_id, other.id != EditionFile.id, other.state != JobState.DONE
    )
    return jobs_to_draw(EditionFile, at, or_(EditionFile.format != Format.JSON, alone))


def _facts_of(file: EditionFile) -> EditionFileFacts:
    return EditionFileFacts(
        id=file.id, format=file.format, state=file.state, progress=file.progress, size=file.size, sha256=file.sha256,
        warnings=tuple(file.warnings), error=file.error,
    )  # fmt: skip
