"""Drafts of a letter: create and save."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from letterhub.commands.letters._shared_steps import (
    check_text_editable,
    check_version,
    conflict_with,
    lock_letter_and_draft,
    store_draft,
)
from letterhub.domain.abuse.submission_limits import make_idempotency_key
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.letters.drafts import MergedText, TextBase, merge_texts
from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.letters.serialization import text_from_facts, text_to_facts
from letterhub.domain.letters.slugs import draft_slug
from letterhub.domain.operations.coalition_invitations import check_open_to_letters
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Coalition, Draft, Letter, append_audit_entry


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """Result of a save: the version to base the next one on, and the text with what others had saved."""

    version: int
    saved_at: dt.datetime
    text: LetterText


@one_transaction
def create_letter(
    coalition_id: int, text: LetterText, *, actor: str, staff_id: int | None, at: dt.datetime, form_token: str = ""
) -> str:
    """Create a draft with this text, in the coalition's branding if it has none; return its slug.

    `form_token` is the form's idempotency token: sent again with the same title, the first letter's slug is returned. Raises
    ClosedToLetters.
    """
    coalition = db.session.get_one(Coalition, coalition_id, with_for_update={"key_share": True})
    key = make_idempotency_key(form_token, coalition_id, text.title)
    existing_slug = db.session.scalar(select(Letter.slug).where(Letter.idempotency_key == key)) if key else None
    if existing_slug is not None:  # the coalition's lock keeps out concurrent requests
        return existing_slug
    check_open_to_letters(coalition.closed_to_letters_at)
    text = coalition.branding.apply_to(text)
    letter = Letter(coalition_id=coalition_id, slug=draft_slug(text.title), created_at=at, idempotency_key=key)
    db.session.add(letter)
    db.session.flush()
    db.session.add(Draft(letter_id=letter.id, text=text_to_facts(text), version=1, saved_at=at, saved_by_id=staff_id))
    append_audit_entry(
        db.session(),
        ReferenceKind.LETTER.reference(letter.id),
        actor,
        "created",
        at=at,
        after={"title": text.title, "slug": letter.slug},
    )
    return letter.slug


@one_transaction
def save_draft(
    letter_id: int, text: LetterText, version: int, *, staff_id: int, at: dt.datetime, grown_from: TextBase | None = None
) -> SavedDraft:
    """Save the draft on top of a version. Raises DraftConflict if another version was saved since, and TextIsLocked.

    With `grown_from`, what others saved since is merged: a conflict is only what they changed differently. A retry with the
    same text is no conflict.
    """
    letter, draft = lock_letter_and_draft(letter_id)
    check_text_editable(letter)
    merged = MergedText(text, frozenset())
    if grown_from is not None:
        merged = merge_texts(text, text_from_facts(draft.text), grown_from)
    if draft.text == text_to_facts(merged.text):
        return SavedDraft(draft.version, draft.saved_at, merged.text)
    if merged.conflicts:
        raise conflict_with(draft)
    if grown_from is None:
        check_version(draft, version)
    store_draft(draft, merged.text, staff_id, at)
    return SavedDraft(draft.version, draft.saved_at, merged.text)
