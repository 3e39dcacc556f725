"""Lifecycle of a letter: signing settings, closing, reopening and withdrawal."""

import datetime as dt

from letterhub.commands.letters._shared_steps import save_signing_settings
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.letters.signing_settings import SigningSettings
from letterhub.domain.signatures.signing import DeadlinePassed, is_deadline_past
from letterhub.domain.states import LetterMove, LetterState
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
    letter = _lock_letter(letter_id)
    before = letter.state
    letter.move(move, at)
    append_audit_entry(
        db.session(), ReferenceKind.LETTER.reference(letter_id), actor, action, at=at,
        before={"state": str(before)}, after={"state": str(letter.state)},
    )  # fmt: skip
