"""A letter's life after its first page: how organizations sign it, and where it stands."""

import datetime as dt
from typing import Any

from sqlalchemy.exc import IntegrityError

from letterhub.db import broken_constraint, db, one_transaction
from letterhub.domain.deadlines import DeadlinePassed
from letterhub.domain.references import Reference
from letterhub.domain.refusals import Refused
from letterhub.domain.sign_up import AddressIsPublic, AddressTaken, SignUp, SignUpIsOver, check_seen, is_address
from letterhub.domain.states import LetterMove, LetterState
from letterhub.domain.steps import is_past
from letterhub.models import Letter, remember


@one_transaction
def change_sign_up(letter_id: int, sign_up: SignUp, seen: str, *, actor: str, at: dt.datetime) -> None:
    """Decides how a letter is signed, upon the terms whose mark was `seen`; a moved deadline stands in the record by itself.

    Raises SignUpIsOver, SignUpMovedOn, and DeadlinePassed for a deadline that would close the letter without anybody's doing.
    """
    letter = _letter(letter_id)
    if letter.state in (LetterState.DELIVERED, LetterState.WITHDRAWN):
        raise SignUpIsOver(f"This letter is {letter.state}: nothing about signing can change.")
    check_seen(letter.sign_up, seen)
    moved = letter.deadline_at != sign_up.deadline_at
    if letter.state in PASSED and moved and is_past(sign_up.deadline_at, at):
        raise DeadlinePassed(PASSED[letter.state])
    before = _facts(letter)
    letter.deadline_at, letter.deadline_zone = sign_up.deadline_at, sign_up.deadline_zone
    letter.who_may_sign, letter.publish_rule = sign_up.who_may_sign, sign_up.publish_rule
    letter.asked, letter.grace_hours = sorted(sign_up.asked), sign_up.grace_hours
    letter.network_days, letter.contact_months = sign_up.network_days, sign_up.contact_months
    letter.asks_proof = sign_up.asks_proof
    for action, names in (("deadline moved", DEADLINE), ("sign-up changed", RULES)):
        _remember_change(letter, actor, action, names, before, at)


PASSED = {
    LetterState.DRAFT: "This time has passed. Choose a later deadline.",
    LetterState.OPEN: "This time has passed. To stop signatures now, close the letter instead.",
}
DEADLINE = ("deadline_at", "deadline_zone")
RULES = ("who_may_sign", "asked", "publish_rule", "grace_hours", "network_days", "contact_months", "asks_proof")


@one_transaction
def change_address(letter_id: int, slug: str, *, actor: str, at: dt.datetime) -> None:
    """Gives a draft another address. Raises AddressIsPublic once it opened, AddressTaken, and Refused for a bad one."""
    letter = _letter(letter_id)
    if letter.state is not LetterState.DRAFT:
        raise AddressIsPublic("The address can no longer change: readers already know it.")
    if not is_address(slug):
        raise Refused("Use lower-case letters, digits and single hyphens, at most 60 characters.", field="slug")
    if slug == letter.slug:
        return
    before, letter.slug = letter.slug, slug
    try:
        db.session.flush()
    except IntegrityError as error:
        if broken_constraint(error) == "uq_letter_slug":
            raise AddressTaken(f"Another letter is already at /letters/{slug}. Choose another address.") from error
        raise
    remember(
        db.session(),
        Reference.LETTER.to(letter_id),
        actor,
        "address changed",
        at=at,
        before={"slug": before},
        after={"slug": slug},
    )


@one_transaction
def close_letter(letter_id: int, *, actor: str, at: dt.datetime) -> None:
    """Takes no more signatures; raises NotAllowedNow."""
    _moved(letter_id, LetterMove.CLOSE, "closed", actor, at)


@one_transaction
def reopen_letter(letter_id: int, *, actor: str, at: dt.datetime) -> None:
    """Takes signatures again; raises NotAllowedNow, and DeadlinePassed where the deadline would close it at once."""
    letter = _letter(letter_id)
    if letter.state is LetterState.CLOSED and is_past(letter.deadline_at, at):
        raise DeadlinePassed("The deadline has passed: choose a later one, save it, and reopen the letter then.")
    _moved(letter_id, LetterMove.REOPEN, "reopened", actor, at)


@one_transaction
def withdraw_letter(letter_id: int, *, actor: str, at: dt.datetime) -> None:
    """Takes a letter back for good: its page says so, and nobody can sign. Raises NotAllowedNow."""
    _moved(letter_id, LetterMove.WITHDRAW, "withdrawn", actor, at)


def _letter(letter_id: int) -> Letter:
    return db.session.get_one(Letter, letter_id, with_for_update=True)


def _moved(letter_id: int, move: LetterMove, action: str, actor: str, at: dt.datetime) -> None:
    letter = _letter(letter_id)
    before = letter.state
    letter.move(move, at)
    remember(
        db.session(), Reference.LETTER.to(letter_id), actor, action, at=at,
        before={"state": str(before)}, after={"state": str(letter.state)},
    )  # fmt: skip


def _facts(letter: Letter) -> dict[str, Any]:
    """What staff decide about signing, as plain values for the record."""
    return {
        "deadline_at": letter.deadline_at.isoformat() if letter.deadline_at else None,
        "deadline_zone": letter.deadline_zone,
        "who_may_sign": str(letter.who_may_sign),
        "asked": sorted(letter.asked),
        "publish_rule": str(letter.publish_rule),
        "grace_hours": letter.grace_hours,
        "network_days": letter.network_days,
        "contact_months": letter.contact_months,
        "asks_proof": letter.asks_proof,
    }


def _remember_change(
    letter: Letter, actor: str, action: str, names: tuple[str, ...], before: dict[str, Any], at: dt.datetime
) -> None:
    after = _facts(letter)
    changed = [name for name in names if before[name] != after[name]]
    if changed:
        remember(
            db.session(), Reference.LETTER.to(letter.id), actor, action, at=at,
            before={name: before[name] for name in changed}, after={name: after[name] for name in changed},
        )  # fmt: skip
