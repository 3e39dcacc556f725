"""Page previews of a draft: requested by staff, rendered by the worker, deleted after a day. See docs/design/letters.md."""

import datetime as dt

from sqlalchemy import delete

from letterhub.clock import now
from letterhub.commands.operations._jobs import attempted, begun, due_job, in_hand, reporter
from letterhub.domain.letters.drafts import settled
from letterhub.domain.letters.snapshot import facts_of_text
from letterhub.infrastructure.db import db, end_of_reading, one_transaction
from letterhub.models import Letter, Preview
from letterhub.queries.letters.drafts import manuscript_of
from letterhub.queries.letters.previews import document_of_preview
from letterhub.rendering.lazy import late
from letterhub.rendering.pdf.letter_pdf import PdfFile, pdf

KEPT_FOR = dt.timedelta(days=1)
count_of_pages = late("pdf.page_count", "count_of_pages")


@one_transaction
def ask_for_pages(letter_id: int, *, staff_id: int, at: dt.datetime) -> int:
    """Request a preview of the saved draft; return its id.

    The member's earlier previews are deleted, but only after the new one has its id: SQLite reuses the id of a deleted last
    row, and a worker rendering the old one must not mistake the new one for it.
    """
    db.session.get_one(Letter, letter_id, with_for_update={"key_share": True})
    manuscript = manuscript_of(letter_id)
    preview = Preview(
        letter_id=letter_id, text=facts_of_text(settled(manuscript.text)), version=manuscript.version, warnings=[],
        asked_at=at, asked_by_id=staff_id,
    )  # fmt: skip
    db.session.add(preview)
    db.session.flush()
    earlier = (Preview.letter_id == letter_id, Preview.asked_by_id == staff_id, Preview.id != preview.id)
    db.session.execute(delete(Preview).where(*earlier))
    return preview.id


def draw_preview(preview_id: int) -> bool:
    """Render a preview and store it; return whether it did. A preview that was replaced meanwhile is dropped."""
    if not _claim(preview_id, now()):
        return False
    drawn = attempted(Preview, preview_id, lambda: _drawn(preview_id))
    return drawn is not None and _keep(preview_id, *drawn)


def _drawn(preview_id: int) -> tuple[PdfFile, int] | None:
    """Return the PDF and its page count; None if the preview was replaced."""
    document = document_of_preview(preview_id)
    end_of_reading()
    if document is None:
        return None
    made = pdf(document, reporter(Preview, preview_id))
    return made, count_of_pages(made.data)


@one_transaction
def forget_previews(at: dt.datetime) -> None:
    """Delete previews requested more than a day ago."""
    db.session.execute(delete(Preview).where(Preview.asked_at < at - KEPT_FOR))


@one_transaction
def _claim(preview_id: int, at: dt.datetime) -> bool:
    """Claim a preview under a lease; return False if it is not due, is gone, or was interrupted too often."""
    preview = due_job(Preview, preview_id, at)
    return preview is not None and begun(preview, at, "these pages")


@one_transaction
def _keep(preview_id: int, made: PdfFile, pages: int) -> bool:
    preview = in_hand(Preview, preview_id)
    if preview is not None:
        preview.finish(made.data, pages, list(made.warnings))
    return preview is not None
