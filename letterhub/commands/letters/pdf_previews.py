"""Page previews of a draft: requested by staff, rendered by the worker, deleted after a day. See docs/design/letters.md."""

import datetime as dt

from sqlalchemy import delete, select

from letterhub.clock import now
from letterhub.commands.operations._render_jobs import claim_job, lock_due_job, lock_running_job, progress_reporter, run_attempt
from letterhub.domain.letters.drafts import trim_text
from letterhub.domain.letters.serialization import text_to_facts
from letterhub.domain.operations.render_jobs import JobState
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db, end_read_transaction, one_transaction
from letterhub.models import Letter, Preview
from letterhub.queries.letters.drafts import load_draft_state
from letterhub.queries.letters.pdf_previews import preview_document
from letterhub.rendering.lazy_imports import lazy_function
from letterhub.rendering.pdf.letter_pdf import PdfFile, render_letter_pdf

PREVIEW_RETENTION = dt.timedelta(days=1)
count_pages = lazy_function("pdf.page_count", "count_pages")


@one_transaction
def request_preview(letter_id: int, *, staff_id: int, at: dt.datetime) -> int:
    """Request a preview of the saved draft; return its id.

    The member's earlier previews are deleted, but only after the new one has its id: SQLite reuses the id of a deleted last
    row, and a worker rendering the old one must not mistake the new one for it.
    """
    db.session.get_one(Letter, letter_id, with_for_update={"key_share": True})
    draft_state = load_draft_state(letter_id)
    preview = Preview(
        letter_id=letter_id, text=text_to_facts(trim_text(draft_state.text)), version=draft_state.version, warnings=[],
        requested_at=at, requested_by_id=staff_id,
    )  # fmt: skip
    db.session.add(preview)
    db.session.flush()
    earlier = (Preview.letter_id == letter_id, Preview.requested_by_id == staff_id, Preview.id != preview.id)
    db.session.execute(delete(Preview).where(*earlier))
    return preview.id


@one_transaction
def request_draft_copy(letter_id: int, at: dt.datetime) -> None:
    """Request a PDF of the draft with numbered lines, unless there is one of this version: nobody can cause more than one each.

    Do nothing if the letter is no longer a draft.
    """
    letter = db.session.get_one(Letter, letter_id, with_for_update=True)
    if letter.state is not LetterState.DRAFT or letter.deleted_at is not None:
        return
    draft_state = load_draft_state(letter_id)
    copies = select(Preview).where(Preview.letter_id == letter_id, Preview.is_draft_copy)
    earlier = db.session.scalars(copies).all()
    if any(one.version == draft_state.version and one.state is not JobState.FAILED for one in earlier):
        return
    copy = Preview(
        letter_id=letter_id, text=text_to_facts(trim_text(draft_state.text)), version=draft_state.version, warnings=[],
        requested_at=at, is_draft_copy=True,
    )  # fmt: skip
    db.session.add(copy)
    db.session.flush()  # before the others are deleted, as above
    for one in earlier:
        db.session.delete(one)


def render_preview(preview_id: int) -> bool:
    """Render a preview and store it; return whether it did. A preview that was replaced meanwhile is dropped."""
    if not _claim_preview(preview_id, now()):
        return False
    result = run_attempt(Preview, preview_id, lambda: _render(preview_id))
    return result is not None and _save_pdf(preview_id, *result)


def _render(preview_id: int) -> tuple[PdfFile, int] | None:
    """Return the PDF and its page count; None if the preview was replaced."""
    found = preview_document(preview_id)
    end_read_transaction()
    if found is None:
        return None
    document, is_draft_copy = found
    file = render_letter_pdf(document, progress_reporter(Preview, preview_id), is_draft_copy=is_draft_copy)
    return file, count_pages(file.data)


@one_transaction
def purge_previews(at: dt.datetime) -> None:
    """Delete previews requested more than a day ago."""
    db.session.execute(delete(Preview).where(Preview.requested_at < at - PREVIEW_RETENTION))


@one_transaction
def _claim_preview(preview_id: int, at: dt.datetime) -> bool:
    """Claim a preview under a lease; return False if it is not due, is gone, or was interrupted too often."""
    preview = lock_due_job(Preview, preview_id, at)
    return preview is not None and claim_job(preview, at)


@one_transaction
def _save_pdf(preview_id: int, file: PdfFile, pages: int) -> bool:
    """Store the rendered preview and its page count; return False if it is gone or another worker finished it."""
    preview = lock_running_job(Preview, preview_id)
    if preview is not None:
        preview.finish(file.data, pages, list(file.warnings))
    return preview is not None
