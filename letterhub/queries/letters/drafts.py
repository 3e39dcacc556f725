"""Draft of a letter's text, its state relative to the public text, and its page previews."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import undefer

from letterhub.domain.editions.edition import JobState
from letterhub.domain.letters.document import LetterDocument, LetterText, PaperSize
from letterhub.domain.letters.draft_lint import HardcodedCount, find_hardcoded_counts, find_placeholders
from letterhub.domain.letters.drafts import lock_reason, trim_text
from letterhub.domain.letters.serialization import fingerprint, text_from_facts, text_to_facts
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db
from letterhub.models import Draft, Letter, Preview, Staff
from letterhub.queries.letters.public_letter import published_signatories
from letterhub.queries.letters.revisions import newest_revision_if_any, signature_counts
from letterhub.queries.operations.render_jobs import due_job_ids


@dataclass(frozen=True, slots=True)
class DraftState:
    """Draft in the editor. `locked_reason` says why it may not change, "" if it may; `differs_from_public` says that readers
    see another text, `has_signatures` that people have signed that.
    """

    text: LetterText
    version: int
    saved_at: dt.datetime
    saved_by: str
    saved_by_id: int | None
    revision: int
    locked_reason: str
    differs_from_public: bool
    has_signatures: bool

    @property
    def hardcoded_counts(self) -> tuple[HardcodedCount, ...]:
        """Return the hardcoded counts of signatories in it."""
        return find_hardcoded_counts(self.text.body)

    @property
    def placeholders(self) -> tuple[str, ...]:
        """Return the placeholders left in it."""
        return find_placeholders(self.text)


def load_draft_state(letter_id: int) -> DraftState:
    """Return the draft of a letter for the editor; its public text instead once that may no longer change."""
    row = db.session.execute(
        select(Draft, Letter.state, Staff.name, Staff.email)
        .join(Letter, Letter.id == Draft.letter_id)
        .outerjoin(Staff, Staff.id == Draft.saved_by_id)
        .where(Draft.letter_id == letter_id)
    ).one()
    revision = newest_revision_if_any(letter_id)
    locked_reason = lock_reason(row.state)
    is_open = row.state is LetterState.OPEN
    text = revision.text if revision and locked_reason else text_from_facts(row.Draft.text)
    public_hash = revision.sha256 if revision else ""
    is_open_to_change = is_open and not locked_reason
    return DraftState(
        text=text,
        version=row.Draft.version,
        saved_at=row.Draft.saved_at,
        saved_by=row.name or row.email or "",
        saved_by_id=row.Draft.saved_by_id,
        revision=revision.number if revision else 0,
        locked_reason=locked_reason,
        differs_from_public=is_open_to_change and public_hash != fingerprint(text_to_facts(trim_text(text))),
        has_signatures=is_open and signature_counts(letter_id).has_signatures,
    )


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
    row = db.session.execute(
        select(Preview, Preview.text["paper"].as_string().label("paper"), Draft.version)
        .join(Draft, Draft.letter_id == Preview.letter_id)
        .where(Preview.id == preview_id, Preview.letter_id == letter_id)
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


def preview_document(preview_id: int) -> LetterDocument | None:
    """Return the document of a preview: its text, everyone published now, and the time of the request; None if it is gone."""
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
    return LetterDocument(text, published_signatories(row.Preview.letter_id, text), draft_at=requested_at)


def previews_to_render(at: dt.datetime) -> tuple[int, ...]:
    """Return the ids of the previews waiting or with an expired lease, oldest first."""
    return due_job_ids(Preview, at)
