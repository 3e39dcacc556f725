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
from letterhub.commands.operations._jobs import Progress, attempted, begun, due_job, in_hand, reporter
from letterhub.domain.audit.references import WORKER, Reference
from letterhub.domain.editions.edition import SIGNED_BY, FileMark, Format, JobState
from letterhub.domain.letters.document import LetterDocument
from letterhub.infrastructure.current import settings_here
from letterhub.infrastructure.db import db, end_of_reading, one_transaction
from letterhub.infrastructure.storage import FilesAway, store
from letterhub.models import Edition, EditionFile, remember
from letterhub.queries.editions.editions import marks_of
from letterhub.queries.letters.documents import document_of_edition
from letterhub.rendering.lazy import late
from letterhub.rendering.pdf.attachments import carried
from letterhub.rendering.pdf.letter_pdf import pdf
from letterhub.rendering.pdf.signing import sealed
from letterhub.rendering.tables.csv_export import csv_table
from letterhub.rendering.text.manifest import manifest
from letterhub.rendering.text.text_export import comment_text, edition_text
from letterhub.rendering.toolchain import tools_mark

UNTIL_FILES_ARE_BACK = dt.timedelta(minutes=1)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Drawn:
    """Rendered file, with a warning for each name that could not be rendered completely."""

    content: bytes
    warnings: tuple[str, ...] = ()


def draw_file(file_id: int) -> bool:
    """Render a file of an edition and store it; return whether it did.

    If a lease ran out and two workers render the same file, the first to finish wins: both rendered the same bytes.
    """
    claimed = _claim(file_id, now())
    if claimed is None:
        return False
    edition_id, form = claimed
    drawn = attempted(EditionFile, file_id, lambda: _drawn(edition_id, form, reporter(EditionFile, file_id)))
    if drawn is None:
        return False
    try:
        stored = _stored(drawn.content)
    except FilesAway as away:
        log.error("a file of an edition waits: %s", away)
        _postpone(file_id, now())
        return False
    return _keep(file_id, drawn, now(), stored=stored)


def _stored(content: bytes) -> bool:
    """Put a file into the object store; return False if there is none. A crash before the row is committed leaves an orphan
    there.
    """
    if (place := store()) is None:
        return False
    place.keep(content)
    return True


def drawn_as(
    form: Format, document: LetterDocument, on_progress: Progress | None = None, others: Sequence[FileMark] = ()
) -> Drawn:
    """Render a document in a format; the manifest lists the `others`. Raises what the PDF worker raises."""
    match form:
        case Format.PDF:
            made = pdf(document, on_progress, attachments=carried(document))
            return Drawn(made.data, made.warnings)
        case Format.JSON:
            return Drawn(manifest(document, others))
    return Drawn(DRAWN[form](document))


def drawn_again(edition_id: int, form: Format) -> bytes:
    """Render a file of an edition again, for comparison with the stored one. Stores nothing."""
    return _drawn(edition_id, form).content


def _drawn(edition_id: int, form: Format, on_progress: Progress | None = None) -> Drawn:
    document, others = document_of_edition(edition_id), marks_of(edition_id)
    end_of_reading()
    return _signed(form, document, drawn_as(form, document, on_progress, others))


def tools_of(form: Format) -> str:
    """Return the version of the tools that render this format here, with the signing certificate for PDF: see `tools_mark`."""
    certificate = settings_here().certificate
    return f"{tools_mark()}{SIGNED_BY}{certificate.mark}" if certificate and form is Format.PDF else tools_mark()


def _signed(form: Format, document: LetterDocument, drawn: Drawn) -> Drawn:
    """Add the operator's signature to an edition's PDF, if there is a certificate; return every other file unchanged."""
    certificate, mark = settings_here().certificate, document.edition
    if certificate is None or mark is None or form is not Format.PDF:
        return drawn
    return replace(drawn, content=sealed(drawn.content, certificate, mark.as_of, f"Edition {mark.number}, {mark.id}"))


@one_transaction
def remember_export(letter_id: int, form: Format, content: bytes, *, actor: str, at: dt.datetime) -> None:
    """Log that a letter was exported without an edition."""
    told = {"format": form, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    remember(db.session(), Reference.LETTER.to(letter_id), actor, "exported as it stands", at=at, after=told)


DRAWN: dict[Format, Callable[[LetterDocument], bytes]] = {
    Format.HTML: late("letter.html", "standalone_html"),
    Format.DOCX: late("docx.export", "word_file"),
    Format.CSV: csv_table,
    Format.XLSX: late("tables.xlsx_export", "workbook"),
    Format.TXT: edition_text,
    Format.COMMENT: comment_text,
}


@one_transaction
def _claim(file_id: int, at: dt.datetime) -> tuple[int, Format] | None:
    """Claim a file under a lease; return None if it is not due or has failed too often."""
    file = due_job(EditionFile, file_id, at)
    if file is None or _waits_for_others(file) or not begun(file, at, "this file"):
        return None
    return file.edition_id, file.format


def _waits_for_others(file: EditionFile) -> bool:
    """Return whether it is a manifest that must wait for another file of its edition."""
    others = select(EditionFile.id).where(
        EditionFile.edition_id == file.edition_id, EditionFile.id != file.id, EditionFile.state != JobState.DONE
    )
    return file.format is Format.JSON and db.session.scalar(others.limit(1)) is not None


@one_transaction
def _postpone(file_id: int, at: dt.datetime) -> None:
    if file := in_hand(EditionFile, file_id):
        file.postpone(at + UNTIL_FILES_ARE_BACK)


@one_transaction
def _keep(file_id: int, drawn: Drawn, at: dt.datetime, *, stored: bool) -> bool:
    file = db.session.get_one(EditionFile, file_id, with_for_update=True)
    if file.state is JobState.DONE:
        return False
    file.finish(drawn.content, list(drawn.warnings), at, tools_of(file.format), stored=stored)
    edition = db.session.get_one(Edition, file.edition_id)
    told = {"format": file.format, "size": file.size, "sha256": file.sha256}
    subject = Reference.EDITION.to(edition.number)
    remember(db.session(), Reference.LETTER.to(edition.letter_id), WORKER, "exported", at=at, subject=subject, after=told)
    return True
