"""Export jobs: edition files are rendered under a lease, outside any transaction, and stored once.

See docs/design/editions.md.
"""

import datetime as dt
import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from letterhub.clock import now
from letterhub.commands.operations._jobs import (
    ProgressCallback,
    claim_job,
    lock_due_job,
    lock_running_job,
    progress_reporter,
    run_attempt,
)
from letterhub.domain.audit.references import WORKER, ReferenceKind
from letterhub.domain.editions.edition import CERTIFICATE_SEPARATOR, EditionFileInfo, FileFormat, JobState
from letterhub.domain.letters.document import LetterDocument
from letterhub.infrastructure.current import current_settings
from letterhub.infrastructure.db import db, end_read_transaction, one_transaction
from letterhub.infrastructure.storage import StorageUnavailable, store
from letterhub.models import Edition, EditionFile, append_audit_entry
from letterhub.queries.editions.editions import file_marks
from letterhub.queries.letters.documents import frozen_document
from letterhub.rendering.lazy import lazy_function
from letterhub.rendering.pdf.attachments import pdf_attachments
from letterhub.rendering.pdf.letter_pdf import render_letter_pdf
from letterhub.rendering.pdf.signing import sign_pdf
from letterhub.rendering.tables.csv_export import csv_table
from letterhub.rendering.text.manifest import manifest
from letterhub.rendering.text.text_export import comment_text, edition_text
from letterhub.rendering.toolchain import toolchain_hash

STORAGE_RETRY_DELAY = dt.timedelta(minutes=1)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """Rendered file, with a warning for each name that could not be rendered completely."""

    content: bytes
    warnings: tuple[str, ...] = ()


def render_edition_file(file_id: int) -> bool:
    """Render a file of an edition and store it; return whether it did.

    If a lease ran out and two workers render the same file, the first to finish wins: both rendered the same bytes.
    """
    claimed = _claim(file_id, now())
    if claimed is None:
        return False
    edition_id, form = claimed
    drawn = run_attempt(EditionFile, file_id, lambda: _render(edition_id, form, progress_reporter(EditionFile, file_id)))
    if drawn is None:
        return False
    try:
        stored = _store_content(drawn.content)
    except StorageUnavailable as away:
        log.error("a file of an edition waits: %s", away)
        _postpone(file_id, now())
        return False
    return _save(file_id, drawn, now(), stored=stored)


def _store_content(content: bytes) -> bool:
    """Put a file into the object store; return False if there is none. A crash before the row is committed leaves an orphan
    there.
    """
    if (place := store()) is None:
        return False
    place.keep(content)
    return True


def render_document(
    form: FileFormat,
    document: LetterDocument,
    on_progress: ProgressCallback | None = None,
    others: Sequence[EditionFileInfo] = (),
) -> RenderedFile:
    """Render a document in a format; the manifest lists the `others`. Raises what the PDF worker raises."""
    match form:
        case FileFormat.PDF:
            made = render_letter_pdf(document, on_progress, attachments=pdf_attachments(document))
            return RenderedFile(made.data, made.warnings)
        case FileFormat.JSON:
            return RenderedFile(manifest(document, others))
    return RenderedFile(RENDERERS[form](document))


def rerender_file(edition_id: int, form: FileFormat) -> bytes:
    """Render a file of an edition again, for comparison with the stored one. Stores nothing."""
    return _render(edition_id, form).content


def _render(edition_id: int, form: FileFormat, on_progress: ProgressCallback | None = None) -> RenderedFile:
    document, others = frozen_document(edition_id), file_marks(edition_id)
    end_read_transaction()
    return _sign_pdf(form, document, render_document(form, document, on_progress, others))


def toolchain_version(form: FileFormat) -> str:
    """Return the version of the tools that render this format here, with the signing certificate for PDF: see
    `toolchain_hash`.
    """
    certificate = current_settings().certificate
    return (
        f"{toolchain_hash()}{CERTIFICATE_SEPARATOR}{certificate.mark}"
        if certificate and form is FileFormat.PDF
        else toolchain_hash()
    )


def _sign_pdf(form: FileFormat, document: LetterDocument, drawn: RenderedFile) -> RenderedFile:
    """Add the operator's signature to an edition's PDF, if there is a certificate; return every other file unchanged."""
    certificate, mark = current_settings().certificate, document.edition
    if certificate is None or mark is None or form is not FileFormat.PDF:
        return drawn
    return replace(drawn, content=sign_pdf(drawn.content, certificate, mark.as_of, f"Edition {mark.number}, {mark.id}"))


@one_transaction
def audit_export(letter_id: int, form: FileFormat, content: bytes, *, actor: str, at: dt.datetime) -> None:
    """Log that a letter was exported without an edition."""
    told = {"format": form, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    append_audit_entry(db.session(), ReferenceKind.LETTER.to(letter_id), actor, "exported as it stands", at=at, after=told)


RENDERERS: dict[FileFormat, Callable[[LetterDocument], bytes]] = {
    FileFormat.HTML: lazy_function("letter.html", "standalone_html"),
    FileFormat.DOCX: lazy_function("docx.export", "docx_file"),
    FileFormat.CSV: csv_table,
    FileFormat.XLSX: lazy_function("tables.xlsx_export", "workbook"),
    FileFormat.TXT: edition_text,
    FileFormat.COMMENT: comment_text,
}


@one_transaction
def _claim(file_id: int, at: dt.datetime) -> tuple[int, FileFormat] | None:
    """Claim a file under a lease; return None if it is not due or has failed too often."""
    file = lock_due_job(EditionFile, file_id, at)
    if file is None or _waits_for_others(file) or not claim_job(file, at, "this file"):
        return None
    return file.edition_id, file.format


def _waits_for_others(file: EditionFile) -> bool:
    """Return whether it is a manifest that must wait for another file of its edition."""
    others = select(EditionFile.id).where(
        EditionFile.edition_id == file.edition_id, EditionFile.id != file.id, EditionFile.state != JobState.DONE
    )
    return file.format is FileFormat.JSON and db.session.scalar(others.limit(1)) is not None


@one_transaction
def _postpone(file_id: int, at: dt.datetime) -> None:
    if file := lock_running_job(EditionFile, file_id):
        file.postpone(at + STORAGE_RETRY_DELAY)


@one_transaction
def _save(file_id: int, drawn: RenderedFile, at: dt.datetime, *, stored: bool) -> bool:
    file = db.session.get_one(EditionFile, file_id, with_for_update=True)
    if file.state is JobState.DONE:
        return False
    file.finish(drawn.content, list(drawn.warnings), at, toolchain_version(file.format), stored=stored)
    edition = db.session.get_one(Edition, file.edition_id)
    told = {"format": file.format, "size": file.size, "sha256": file.sha256}
    subject = ReferenceKind.EDITION.to(edition.number)
    append_audit_entry(
        db.session(), ReferenceKind.LETTER.to(edition.letter_id), WORKER, "exported", at=at, subject=subject, after=told
    )
    return True
