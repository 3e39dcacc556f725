"""Drafts of a letter: create, save, and open for signatures."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from letterhub.commands.letters._shared_steps import (
    check_text_editable,
    check_version,
    lock_letter_and_draft,
    save_signing_settings,
)
from letterhub.domain.abuse.submission_limits import make_idempotency_key
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.domain.letters.document import LetterText
from letterhub.domain.letters.drafts import LetterNotReady, trim_text
from letterhub.domain.letters.letter import missing_requirements
from letterhub.domain.letters.serialization import fingerprint, text_from_facts, text_to_facts
from letterhub.domain.letters.signing_settings import SigningSettings, SlugTaken, draft_slug, is_valid_slug
from letterhub.domain.states import LetterMove, LetterState, next_letter_state
from letterhub.infrastructure.db import db, one_transaction, violated_constraint
from letterhub.models import Coalition, Draft, Letter, Revision, append_audit_entry


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """Result of a save: the version to base the next one on."""

    version: int
    saved_at: dt.datetime


@one_transaction
def create_letter(
    coalition_id: int, text: LetterText, *, actor: str, staff_id: int | None, at: dt.datetime, form_token: str = ""
) -> str:
    """Create a draft with this text, in the coalition's branding if it has none; return its slug.

    `form_token` is the form's idempotency token: sent again with the same title, the first letter's slug is returned.
    """
    coalition = db.session.get_one(Coalition, coalition_id, with_for_update={"key_share": True})
    key = make_idempotency_key(form_token, coalition_id, text.title)
    existing_slug = db.session.scalar(select(Letter.slug).where(Letter.idempotency_key == key)) if key else None
    if existing_slug is not None:  # the coalition's lock keeps out concurrent requests
        return existing_slug
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
def save_draft(letter_id: int, text: LetterText, version: int, *, staff_id: int, at: dt.datetime) -> SavedDraft:
    """Save the draft on top of a version. Raises DraftConflict if another version was saved since, and TextIsLocked.

    A retry with the same text is no conflict.
    """
    letter, draft = lock_letter_and_draft(letter_id)
    check_text_editable(letter)
    facts = text_to_facts(text)
    if draft.text == facts:
        return SavedDraft(draft.version, draft.saved_at)
    check_version(draft, version)
    draft.text, draft.version, draft.saved_at, draft.saved_by_id = facts, version + 1, at, staff_id
    return SavedDraft(draft.version, draft.saved_at)


@one_transaction
def open_letter(
    letter_id: int,
    version: int,
    signing_settings: SigningSettings,
    expected_version: str,
    *,
    slug: str,
    actor: str,
    staff_id: int,
    at: dt.datetime,
) -> None:
    """Publish the draft at an address as revision 1 and take signatures, under the settings shown beside the button.

    Raises LetterNotReady, MoveNotAllowed, SlugTaken, DraftConflict if the draft is not the version that was decided on, and
    what `save_signing_settings` raises.
    """
    letter, draft = lock_letter_and_draft(letter_id)
    if letter.state is LetterState.OPEN and letter.signing_settings == signing_settings:
        return  # the form was sent twice
    next_letter_state(letter.state, LetterMove.OPEN)  # raises if it is not allowed
    check_version(draft, version)
    save_signing_settings(letter, signing_settings, expected_version, actor=actor, at=at)
    text = trim_text(text_from_facts(draft.text))
    missing = missing_requirements(text, letter.deadline_at, at)
    if missing:
        raise LetterNotReady(missing)
    before = _set_public_slug(letter, slug)
    letter.move(LetterMove.OPEN, at)
    content = text_to_facts(text)
    first = Revision(
        letter_id=letter_id, number=1, content=content, sha256=fingerprint(content), created_at=at, created_by_id=staff_id
    )
    db.session.add(first)
    append_audit_entry(
        db.session(), ReferenceKind.LETTER.reference(letter_id), actor, "opened", at=at, before=before,
        after={"revision": 1, "sha256": first.sha256, "slug": letter.slug},
    )  # fmt: skip


def _set_public_slug(letter: Letter, slug: str) -> dict[str, str]:
    """Move a draft to its public address; return its old slug. Raises SlugTaken, and UserFacingError for an invalid slug.

    Draft slugs cannot be guessed, so a slug that is taken belongs to a public letter.
    """
    if not is_valid_slug(slug):
        raise UserFacingError(_("Use lowercase letters, digits and single hyphens, at most 60 characters."), field="slug")
    before, letter.slug = letter.slug, slug
    letter.draft_slug = before
    try:
        db.session.flush()
    except IntegrityError as error:
        if violated_constraint(error) == "uq_letter_slug":
            raise SlugTaken(_("Another letter is already at /letters/%(slug)s. Choose another address.", slug=slug)) from error
        raise
    return {"slug": before}
