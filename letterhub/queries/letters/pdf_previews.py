"""Page previews of a letter: state, jobs to run, and the rendered file."""

import datetime as dt
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import undefer

from letterhub.domain.i18n import mask_count
from letterhub.domain.letters.letter_document import LetterDocument, LetterText, PaperSize
from letterhub.domain.letters.serialization import text_from_facts
from letterhub.domain.operations.render_jobs import JobState
from letterhub.infrastructure.db import db
from letterhub.models import Draft, Letter, Preview
from letterhub.queries.letters.public_letter import published_signatories
from letterhub.queries.operations.render_jobs import due_job_ids
from letterhub.rendering.letter.document_locale import document_locale


@dataclass(frozen=True, slots=True)
class PreviewFacts:
    """Preview and its state; `progress` in percent. `is_outdated` says that the draft was saved since."""

    id: int
    state: JobState
    progress: int
    pages: int
    paper: PaperSize
    warnings: tuple[str, ...]
    error: str
    requested_at: dt.datetime
    is_outdated: bool

    @property
    def is_finished(self) -> bool:
        """Return whether the job is over."""
        return self.state.is_finished


def preview_facts(letter_id: int, preview_id: int) -> PreviewFacts | None:
    """Return the letter's preview with this id; None if there is none, or it was deleted."""
    return _newest_preview(Preview.id == preview_id, Preview.letter_id == letter_id)


def draft_copy_facts(letter_id: int) -> PreviewFacts | None:
    """Return the letter's newest draft copy; None if there is none, or it was deleted."""
    return _newest_preview(Preview.letter_id == letter_id, Preview.is_draft_copy.is_(True))


def newest_preview_of(letter_id: int, staff_id: int) -> PreviewFacts | None:
    """Return the preview that a member of staff requested last; None if there is none, or it was deleted."""
    own = (Preview.requested_by_id == staff_id, Preview.is_draft_copy.is_(False))
    return _newest_preview(Preview.letter_id == letter_id, *own)


def _newest_preview(*conditions: ColumnElement[bool]) -> PreviewFacts | None:
    """Return the newest preview that meets all conditions."""
    row = db.session.execute(
        select(Preview, Preview.text["paper"].as_string().label("paper"), Draft.version)
        .join(Draft, Draft.letter_id == Preview.letter_id)
        .where(*conditions)
        .order_by(Preview.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    preview = row.Preview
    return PreviewFacts(
        id=preview.id, state=preview.state, progress=preview.progress, pages=preview.pages, paper=PaperSize(row.paper),
        warnings=tuple(preview.warnings), error=preview.error, requested_at=preview.requested_at,
        is_outdated=row.version != preview.version,
    )  # fmt: skip


def preview_file(letter_id: int, preview_id: int) -> tuple[str, bytes] | None:
    """Return the file name and PDF of a preview; None if there is none yet."""
    row = db.session.execute(
        select(Letter.slug, Preview.content)
        .join(Letter, Letter.id == Preview.letter_id)
        .where(Preview.id == preview_id, Preview.letter_id == letter_id, Preview.state == JobState.DONE)
    ).one_or_none()
    return (f"{row.slug}-draft.pdf", row.content) if row else None


def preview_document(preview_id: int) -> tuple[LetterDocument, bool] | None:
    """Return the document of a preview and whether it is a draft copy; None if it is gone.

    The document has the text, everyone published now, and the time of the request. A draft copy has nobody.
    """
    row = db.session.execute(
        select(Preview, Letter.deadline_zone)
        .join(Letter, Letter.id == Preview.letter_id)
        .where(Preview.id == preview_id)
        .options(undefer(Preview.text))
    ).one_or_none()
    if row is None:
        return None
    requested_at = row.Preview.requested_at.astimezone(ZoneInfo(row.deadline_zone))
    text = text_from_facts(row.Preview.text)
    if row.Preview.is_draft_copy:
        return copy_document(text, requested_at), True
    return LetterDocument(text, published_signatories(row.Preview.letter_id, text), draft_at=requested_at), False


def copy_document(text: LetterText, requested_at: dt.datetime) -> LetterDocument:
    """Return a draft copy of a text: without signatories, a word in brackets for their number; the time is printed as it is."""
    placeholder = rf"\[{document_locale(text.language).words.number}\]"
    return LetterDocument(replace(text, body=mask_count(text.body, placeholder)), draft_at=requested_at)


def previews_to_render(at: dt.datetime) -> tuple[int, ...]:
    """Return the ids of the previews waiting or with an expired lease, oldest first."""
    return due_job_ids(Preview, at)
