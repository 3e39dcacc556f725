"""Lifecycle of a letter: opening, signing settings, closing, reopening and withdrawal."""

import datetime as dt

from sqlalchemy.exc import IntegrityError

from letterhub.commands.letters._shared_steps import (
    bind_added_names,
    check_version,
    lock_letter_and_draft,
    save_signing_settings,
    set_alphabet,
)
from letterhub.commands.signatures._added_mail import notify_added_before_opening
from letterhub.domain.alphabets import alphabet_of
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.domain.letters.document import LetterText
from letterhub.domain.letters.drafts import LetterNotReady, trim_text
from letterhub.domain.letters.opening_rules import missing_requirements
from letterhub.domain.letters.serialization import fingerprint, text_from_facts, text_to_facts
from letterhub.domain.letters.signing_settings import SigningSettings
from letterhub.domain.letters.slugs import SlugTaken, is_valid_slug
from letterhub.domain.signatures.signing import DeadlinePassed, is_deadline_past
from letterhub.domain.states import LetterMove, LetterState, next_letter_state
from letterhub.infrastructure.db import db, one_transaction, violated_constraint
from letterhub.models import Letter, Revision, append_audit_entry


@one_transaction
def change_signing_settings(
    letter_id: int, signing_settings: SigningSettings, expected_version: str, *, actor: str, at: dt.datetime
) -> None:
    """Change the signing settings; `expected_version` is the version hash of those shown. Raises as `save_signing_settings`."""
    save_signing_settings(_lock_letter(letter_id), signing_settings, expected_version, actor=actor, at=at)


@one_transaction
def close_letter(letter_id: int, *, actor: str, at: dt.datetime) -> None:
    """Close a letter for signatures. Raises MoveNotAllowed."""
    _move(letter_id, LetterMove.CLOSE, "closed", actor, at)


@one_transaction
def reopen_letter(letter_id: int, *, actor: str, at: dt.datetime) -> None:
    """Reopen a letter. Raises MoveNotAllowed, and DeadlinePassed if the deadline would close it at once."""
    letter = _lock_letter(letter_id)
    if letter.state is LetterState.CLOSED and is_deadline_past(letter.deadline_at, at):
        raise DeadlinePassed(_("The deadline has passed. Choose a later one and save it, then reopen the letter."))
    _move(letter_id, LetterMove.REOPEN, "reopened", actor, at)


@one_transaction
def withdraw_letter(letter_id: int, *, actor: str, at: dt.datetime) -> None:
    """Withdraw a letter for good: its page says so, and nobody can sign. Raises MoveNotAllowed."""
    _move(letter_id, LetterMove.WITHDRAW, "withdrawn", actor, at)


def _lock_letter(letter_id: int) -> Letter:
    return db.session.get_one(Letter, letter_id, with_for_update=True)


def _move(letter_id: int, move: LetterMove, action: str, actor: str, at: dt.datetime) -> None:
    """Apply a move to a letter, and log it as this action. Raises MoveNotAllowed."""
    letter = _lock_letter(letter_id)
    before = letter.state
    letter.move(move, at)
    append_audit_entry(
        db.session(), ReferenceKind.LETTER.reference(letter_id), actor, action, at=at,
        before={"state": str(before)}, after={"state": str(letter.state)},
    )  # fmt: skip


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
    first = _publish_first_text(letter, text, staff_id, at)
    append_audit_entry(
        db.session(), ReferenceKind.LETTER.reference(letter_id), actor, "opened", at=at, before=before,
        after={"revision": 1, "sha256": first.sha256, "slug": letter.slug},
    )  # fmt: skip


def _publish_first_text(letter: Letter, text: LetterText, staff_id: int | None, at: dt.datetime) -> Revision:
    """Store the text that a letter opens with, bind the names added before to it, and notify their signatories."""
    content = text_to_facts(text)
    first = Revision(
        letter_id=letter.id, number=1, content=content, sha256=fingerprint(content), created_at=at, created_by_id=staff_id
    )
    db.session.add(first)
    db.session.flush()
    set_alphabet(letter.id, alphabet_of(text.language))
    bind_added_names(first)
    notify_added_before_opening(letter, at)
    return first


def _set_public_slug(letter: Letter, slug: str) -> dict[str, str]:
    """Move a draft to its public address; return its old slug for the audit log.

    Raises SlugTaken, and UserFacingError for an invalid slug. Draft slugs cannot be guessed, so a slug that is taken belongs to
    a public letter.
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
