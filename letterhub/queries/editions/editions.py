"""Editions: those of a letter with their files, and files waiting to be rendered."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import Select, exists, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from letterhub.domain.editions.edition import NoSuchEdition
from letterhub.domain.editions.file_formats import MEDIA_TYPES, EditionFileInfo, FileFormat, edition_file_name
from letterhub.domain.editions.languages import files_by_language
from letterhub.domain.i18n import _
from letterhub.domain.letters.letter_document import SignatoryCounts
from letterhub.domain.operations.render_jobs import JobState
from letterhub.infrastructure.db import db
from letterhub.infrastructure.object_store import verified_content
from letterhub.models import Delivery, Edition, EditionFile, Letter, Revision, Staff
from letterhub.queries.editions.recipient_profiles import fitting_names
from letterhub.queries.operations.render_jobs import due_job_ids


@dataclass(frozen=True, slots=True)
class EditionFileFacts:
    """File of an edition and its state; `progress` in percent, `size` in bytes, `language` "" for the letter's own."""

    id: int
    format: FileFormat
    language: str
    state: JobState
    progress: int
    size: int
    sha256: str
    warnings: tuple[str, ...]
    error: str


@dataclass(frozen=True, slots=True)
class EditionFacts:
    """Edition as staff see it."""

    id: int
    number: int
    public_id: str
    frozen_at: dt.datetime
    counts: SignatoryCounts
    revision: int
    frozen_by: str
    files: tuple[EditionFileFacts, ...]

    @property
    def count(self) -> int:
        """Return the number of its signatories."""
        return self.counts.total

    @property
    def files_by_language(self) -> tuple[tuple[str, tuple[EditionFileFacts, ...]], ...]:
        """Return its files in each language."""
        return files_by_language(self.files)

    @property
    def is_finished(self) -> bool:
        """Return whether no file is still in progress; a manifest waiting for a failed file does not count."""
        failed = any(file.state is JobState.FAILED for file in self.files)
        return all(file.state.is_finished or (failed and file.format is FileFormat.JSON) for file in self.files)

    @property
    def is_complete(self) -> bool:
        """Return whether all its files are finished."""
        return all(file.state is JobState.DONE for file in self.files)


@dataclass(frozen=True, slots=True)
class FileContent:
    """Finished file; `toolchain` is that of the tools that rendered it, `language` "" for the letter's own."""

    edition_id: int
    toolchain: str
    name: str
    media_type: str
    data: bytes
    sha256: str
    warnings: tuple[str, ...]
    language: str = ""


def editions_of(letter_id: int) -> tuple[EditionFacts, ...]:
    """Return a letter's editions, newest first."""
    files = defaultdict(list)
    for file in db.session.scalars(
        select(EditionFile).join(Edition).where(Edition.letter_id == letter_id).order_by(EditionFile.id)
    ):
        warnings = tuple(file.warnings)
        files[file.edition_id].append(
            EditionFileFacts(
                file.id, file.format, file.language, file.state, file.progress, file.size, file.sha256, warnings, file.error
            )
        )
    rows = db.session.execute(
        select(Edition, Revision.number, Staff.name)
        .join(Revision, Revision.id == Edition.revision_id)
        .outerjoin(Staff, Staff.id == Edition.created_by_id)
        .where(Edition.letter_id == letter_id)
        .order_by(Edition.number.desc())
    )
    return tuple(
        EditionFacts(
            edition.id,
            edition.number,
            edition.public_id,
            edition.frozen_at,
            edition.counts,
            revision,
            staff_name or "",
            tuple(files[edition.id]),
        )
        for edition, revision, staff_name in rows
    )


def file_content(letter_id: int, number: int, file_format: FileFormat, language: str = "") -> FileContent | None:
    """Return a finished file of an edition, in the letter's own or another language, under a name that the letter's recipients
    take; None if there is none yet. Raises FileDamaged and StorageUnavailable."""
    row = db.session.execute(
        select(
            EditionFile.edition_id,
            EditionFile.toolchain,
            EditionFile.content,
            EditionFile.sha256,
            EditionFile.warnings,
            Letter.slug,
        )
        .join(Edition, Edition.id == EditionFile.edition_id)
        .join(Letter, Letter.id == Edition.letter_id)
        .where(
            Letter.id == letter_id,
            Edition.number == number,
            EditionFile.format == file_format,
            EditionFile.language == language,
            EditionFile.state == JobState.DONE,
        )
    ).one_or_none()
    if row is None:
        return None
    name = edition_file_name(row.slug, number, file_format, language)
    return FileContent(
        row.edition_id,
        row.toolchain,
        fitting_names(letter_id, {file_format: name})[file_format],
        MEDIA_TYPES[file_format],
        verified_content(row.content, row.sha256),
        row.sha256,
        tuple(row.warnings),
        language,
    )


def finished_file_infos(edition_id: int, *, with_manifest: bool = False) -> tuple[EditionFileInfo, ...]:
    """Return name, size and hash of an edition's finished files in order, without the manifest unless it is wanted."""
    rows = db.session.execute(
        select(EditionFile.format, EditionFile.language, EditionFile.size, EditionFile.sha256, Edition.number, Letter.slug)
        .join(Edition, Edition.id == EditionFile.edition_id)
        .join(Letter, Letter.id == Edition.letter_id)
        .where(EditionFile.edition_id == edition_id, EditionFile.state == JobState.DONE)
        .where(or_(EditionFile.format != FileFormat.JSON, literal(with_manifest)))
        .order_by(EditionFile.id)
    )
    return tuple(
        EditionFileInfo(
            row.format,
            edition_file_name(row.slug, row.number, row.format, row.language),
            row.size,
            row.sha256,
            language=row.language,
        )
        for row in rows
    )


def newest_edition_number(letter_id: int) -> int:
    """Return the number of a letter's newest edition. Raises NoSuchEdition."""
    number = db.session.scalar(select(func.max(Edition.number)).where(Edition.letter_id == letter_id))
    if number is None:
        raise NoSuchEdition(
            _(
                "No edition of this letter has been frozen yet. Freeze one first, or add --current to export the "
                "letter as it stands."
            )
        )
    return number


def edition_file_id(letter_id: int, number: int, file_format: FileFormat, language: str = "") -> int | None:
    """Return the id of an edition's file in a format and a language, rendered or not; None if there is none."""
    return db.session.scalar(
        select(EditionFile.id)
        .join(Edition)
        .where(Edition.letter_id == letter_id, Edition.number == number)
        .where(EditionFile.format == file_format, EditionFile.language == language)
    )


def edition_files_to_render(at: dt.datetime) -> tuple[int, ...]:
    """Return the ids of files waiting or with an expired lease, oldest first; a manifest only once all others are finished."""
    other = aliased(EditionFile)
    others_done = ~exists().where(
        other.edition_id == EditionFile.edition_id, other.id != EditionFile.id, other.state != JobState.DONE
    )
    return due_job_ids(EditionFile, at, or_(EditionFile.format != FileFormat.JSON, others_done))


def delivered_edition_id(letter_id: int) -> int | None:
    """Return the id of the letter's currently delivered edition, the newest one; None before delivery."""
    return db.session.scalar(newest_delivered_edition(letter_id))


def newest_delivered_edition(letter_id: int | InstrumentedAttribute[int]) -> Select[int]:
    """Return a select of the id of a letter's currently delivered edition."""
    return (
        select(Edition.id)
        .join(Delivery, Delivery.edition_id == Edition.id)
        .where(Edition.letter_id == letter_id, Delivery.undone_at.is_(None))
        .order_by(Edition.number.desc())
        .limit(1)
    )
