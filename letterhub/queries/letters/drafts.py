"""Draft of a letter's text, and its state relative to the public text."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from letterhub.domain.letters.draft_lint import HardcodedCount, find_hardcoded_counts, find_placeholders
from letterhub.domain.letters.drafts import lock_reason, published_hash
from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.letters.serialization import text_from_facts
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db
from letterhub.models import Draft, Letter, Staff
from letterhub.queries.letters.revisions import newest_revision_if_any, signature_counts
from letterhub.rendering.letter.lint.markdown_lint import text_notes


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
    revision_number: int
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

    @property
    def markup_notes(self) -> tuple[str, ...]:
        """Return sentences about markup that is left out in print, or printed as typed."""
        return text_notes(self.text)


def load_draft_state(letter_id: int) -> DraftState:
    """Return the draft of a letter for the editor; its public text instead once that may no longer change."""
    row = db.session.execute(
        select(Draft, Letter.state, Letter.delivered_at, Staff.name, Staff.email)
        .join(Letter, Letter.id == Draft.letter_id)
        .outerjoin(Staff, Staff.id == Draft.saved_by_id)
        .where(Draft.letter_id == letter_id)
    ).one()
    revision = newest_revision_if_any(letter_id)
    locked_reason = lock_reason(row.state, is_delivered=row.delivered_at is not None)
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
        revision_number=revision.number if revision else 0,
        locked_reason=locked_reason,
        differs_from_public=is_open_to_change and public_hash != published_hash(text),
        has_signatures=is_open and signature_counts(letter_id).has_signatures,
    )
