"""Export jobs: edition files are rendered under a lease, outside any transaction, and stored once.

See docs/design/editions.md.
"""

import datetime as dt
import hashlib
import logging

from sqlalchemy import select

from letterhub.clock import now
from letterhub.commands.operations._render_jobs import (
    claim_job,
    lock_due_job,
    lock_running_job,
    progress_reporter,
    run_attempt,
)
from letterhub.domain.audit.log import WORKER, ReferenceKind
from letterhub.domain.editions.edition import FileNotFailed
from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.i18n import _
from letterhub.domain.operations.render_jobs import JobState
from letterhub.infrastructure.db import db, one_transaction
from letterhub.infrastructure.object_store import StorageUnavailable, store
from letterhub.models import Edition, EditionFile, append_audit_entry
from letterhub.queries.editions.export_files import render_edition, toolchain_version
from letterhub.rendering.files import RenderedFile

STORAGE_RETRY_DELAY = dt.timedelta(minutes=1)

log = logging.getLogger(__name__)


def render_edition_file(file_id: int) -> bool:
    """Render a file of an edition and store it; return whether it did.

    If a lease ran out and two workers render the same file, the first to finish wins: both rendered the same bytes.
    """
    claim = _claim_file(file_id, now())
    if claim is None:
        return False
    edition_id, file_format, language = claim
    rendered = run_attempt(
        EditionFile,
        file_id,
        lambda: render_edition(edition_id, file_format, progress_reporter(EditionFile, file_id), language=language),
    )
    if rendered is None:
        return False
    try:
        object_store = store()
        if object_store is not None:  # a crash before the row is committed leaves an orphan there
            object_store.put(rendered.content)
    except StorageUnavailable as error:
        log.error("a file of an edition waits: %s", error)
        _postpone(file_id, now())
        return False
    return _save_rendered(file_id, rendered, now(), stored=object_store is not None)


@one_transaction
def retry_file(file_id: int, *, at: dt.datetime) -> None:
    """Retry a file that failed for good. Raises FileNotFailed."""
    file = db.session.get_one(EditionFile, file_id, with_for_update=True)
    if file.state is not JobState.FAILED:
        raise FileNotFailed(_("This file didn’t fail, so there is nothing to retry."))
    file.requeue(at)


@one_transaction
def audit_export(letter_id: int, file_format: FileFormat, content: bytes, *, actor: str, at: dt.datetime) -> None:
    """Log that a letter was exported without an edition."""
    facts = {"format": file_format, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    append_audit_entry(
        db.session(), ReferenceKind.LETTER.reference(letter_id), actor, "exported as it stands", at=at, after=facts
    )


@one_transaction
def _claim_file(file_id: int, at: dt.datetime) -> tuple[int, FileFormat, str] | None:
    """Claim a file under a lease; return its edition's id, its format and its language.

    None if it is not due or was interrupted too often, or is the manifest (JSON), which waits for the edition's other files.
    """
    file = lock_due_job(EditionFile, file_id, at)
    if file is None:
        return None
    if file.format is FileFormat.JSON:
        of_edition = (EditionFile.edition_id == file.edition_id, EditionFile.id != file.id)
        unfinished_files = select(EditionFile.id).where(*of_edition, EditionFile.state != JobState.DONE)
        if db.session.scalar(unfinished_files.limit(1)) is not None:
            return None
    return (file.edition_id, file.format, file.language) if claim_job(file, at) else None


@one_transaction
def _postpone(file_id: int, at: dt.datetime) -> None:
    if file := lock_running_job(EditionFile, file_id):
        file.postpone(at + STORAGE_RETRY_DELAY)


@one_transaction
def _save_rendered(file_id: int, rendered: RenderedFile, at: dt.datetime, *, stored: bool) -> bool:
    """Record a rendered file and log it; return False if another worker was faster.

    `stored` says that the object store has its bytes, so that the database need not.
    """
    file = db.session.get_one(EditionFile, file_id, with_for_update=True)
    if file.state is JobState.DONE:
        return False
    file.finish(rendered.content, list(rendered.warnings), at, toolchain_version(file.format), stored=stored)
    edition = db.session.get_one(Edition, file.edition_id)
    facts = {"format": file.format, "size": file.size, "sha256": file.sha256}
    if file.language:
        facts["language"] = file.language
    subject = ReferenceKind.EDITION.reference(edition.number)
    append_audit_entry(
        db.session(), ReferenceKind.LETTER.reference(edition.letter_id), WORKER, "exported", at=at, subject=subject, after=facts
    )
    return True
