"""A letter's pages for whoever writes on it: asked for at the desk, drawn by the worker, forgotten after a day."""

import datetime as dt
import time

from sqlalchemy import delete

from letterhub.clock import now
from letterhub.commands.drawing import BETWEEN_REPORTS, LEASE, MOST_ATTEMPTS, Progress
from letterhub.db import db, end_of_reading, one_transaction
from letterhub.domain.drafts import settled
from letterhub.domain.editions import JobState
from letterhub.domain.refusals import Refused
from letterhub.domain.snapshot import facts_of_text
from letterhub.models import Letter, Preview
from letterhub.queries.previews import document_of_preview
from letterhub.queries.writing import manuscript_of
from letterhub.rendering.late import late
from letterhub.rendering.pdf import PdfFile, pdf
from letterhub.rendering.pressing import BrokenOff

KEPT_FOR = dt.timedelta(days=1)
count_of_pages = late("sheets", "count_of_pages")


@one_transaction
def ask_for_pages(letter_id: int, *, staff_id: int, at: dt.datetime) -> int:
    """Asks for the pages of a letter as its text is saved now; gives their number.

    Those that this member asked for before are forgotten, but only once the new ones have a number: SQLite hands out the
    number of a last row again, and a worker that draws the old ones must not find the new in their place.
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
    """Draws the pages of a preview and keeps them; gives whether it did. Whoever asked anew meanwhile wants them no more."""
    if not _claim(preview_id, now()):
        return False
    document = document_of_preview(preview_id)
    end_of_reading()
    if document is None:
        return False
    try:
        made = pdf(document, _reporter(preview_id))
    except Refused as refusal:
        _give_up(preview_id, str(refusal))
        return False
    except BrokenOff:
        _give_back(preview_id)
        return False
    return _keep(preview_id, made, count_of_pages(made.data))


@one_transaction
def forget_previews(at: dt.datetime) -> None:
    """Forgets the pages that were asked for more than a day ago."""
    db.session.execute(delete(Preview).where(Preview.asked_at < at - KEPT_FOR))


def _reporter(preview_id: int) -> Progress:
    """Writes down how far the pages are, now and then."""
    last = time.monotonic()

    def report(share: float) -> None:
        nonlocal last
        if time.monotonic() - last >= BETWEEN_REPORTS:
            last = time.monotonic()
            _report(preview_id, int(share * 100), now())

    return report


@one_transaction
def _claim(preview_id: int, at: dt.datetime) -> bool:
    """Takes a preview under a lease; False where it is not due, is gone, or was broken off too often."""
    preview = db.session.get(Preview, preview_id, with_for_update=True)
    if preview is None or not preview.is_due(at):
        return False
    if preview.attempts >= MOST_ATTEMPTS:
        preview.fail("The drawing of these pages was broken off three times.")
        return False
    preview.begin(at + LEASE)
    return True


def _in_hand(preview_id: int) -> Preview | None:
    """The preview while it is drawn; None once it is settled or gone."""
    preview = db.session.get(Preview, preview_id, with_for_update=True)
    return preview if preview and preview.state is JobState.RUNNING else None


@one_transaction
def _report(preview_id: int, percent: int, at: dt.datetime) -> None:
    if preview := _in_hand(preview_id):
        preview.progress, preview.lease_until = percent, at + LEASE


@one_transaction
def _give_back(preview_id: int) -> None:
    if preview := _in_hand(preview_id):
        preview.give_back()


@one_transaction
def _give_up(preview_id: int, sentence: str) -> None:
    if preview := _in_hand(preview_id):
        preview.fail(sentence)


@one_transaction
def _keep(preview_id: int, made: PdfFile, pages: int) -> bool:
    preview = _in_hand(preview_id)
    if preview is not None:
        preview.finish(made.data, pages, list(made.warnings))
    return preview is not None
