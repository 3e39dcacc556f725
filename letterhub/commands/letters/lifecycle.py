"""Lifecycle of a letter: opening, signing settings, closing, reopening and withdrawal."""

import datetime as dt

from letterhub.commands.letters._opening import open_locked_letter
from letterhub.commands.letters._shared_steps import check_version, lock_letter_and_draft
from letterhub.commands.letters._signing_settings import save_signing_settings
from letterhub.domain.archive import check_not_deleted
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.letters.signing_settings import SigningSettings
from letterhub.domain.signatures.signing import DeadlinePassed, is_deadline_past
from letterhub.domain.states import LetterMove, LetterState, MoveNotAllowed, next_letter_state
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Letter, append_audit_entry


@one_transaction
def change_signing_settings(
    letter_id: int, signing_settings: SigningSettings, expected_version: str, *, actor: str, at: dt.datetime
) -> None:
    """Change the signing settings; `expected_version` is the version hash of those shown. Raises as `save_signing_settings`."""
    save_signing_settings(_lock_letter(letter_id), signing_settings, expected_version, actor=actor, at=at)


@one_transaction
def close_letter(letter_id: int, *, actor: str, at: dt.datetime) -> None:
    """Close a letter for signatures; one that was delivered and took late names is delivered again. Raises MoveNotAllowed."""
    is_late = _lock_letter(letter_id).takes_late_names
    _move(letter_id, LetterMove.END_LATE_NAMES if is_late else LetterMove.CLOSE, "closed", actor, at)


@one_transaction
def take_late_names(letter_id: int, deadline_at: dt.datetime | None, *, actor: str, at: dt.datetime) -> None:
    """Open the form under a delivered letter, until a new deadline, for its next edition. What was delivered stays as it is.

    Raises MoveNotAllowed, and DeadlinePassed for a deadline that would close it at once.
    """
    if is_deadline_past(deadline_at, at):
        raise DeadlinePassed(_("This time has passed. Choose a later deadline."), field="late_date")
    letter = _lock_letter(letter_id)
    if letter.retained_until is not None and letter.retained_until <= at:
        raise MoveNotAllowed(_("Addresses of this letter are erased by now, as its form promised. It takes no more names."))
    before = letter.deadline_at.isoformat() if letter.deadline_at else None
    _move(letter_id, LetterMove.TAKE_LATE_NAMES, "late names taken", actor, at)
    letter.deadline_at = deadline_at
    after = deadline_at.isoformat() if deadline_at else None
    if before != after:
        append_audit_entry(
            db.session(), ReferenceKind.LETTER.reference(letter_id), actor, "deadline moved", at=at,
            before={"deadline_at": before}, after={"deadline_at": after},
        )  # fmt: skip


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
    check_not_deleted(letter.deleted_at)
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
    open_locked_letter(letter, draft, slug, actor=actor, staff_id=staff_id, at=at)
