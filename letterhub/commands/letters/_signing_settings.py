"""Shared steps for signing settings: check, store and log a change."""

import datetime as dt
from typing import Any

from letterhub.domain.audit.references import Reference
from letterhub.domain.letters.deadlines import DeadlinePassed
from letterhub.domain.letters.next_step import is_past
from letterhub.domain.letters.signing_settings import SignUp, SignUpIsOver, check_seen
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, remember

PASSED = {
    LetterState.DRAFT: "This time has passed. Choose a later deadline.",
    LetterState.OPEN: "This time has passed. To stop signatures now, close the letter instead.",
}
DEADLINE = ("deadline_at", "deadline_zone")
RULES = (
    "who_may_sign", "asked", "publish_rule", "publish_individuals", "grace_hours", "network_days", "contact_months",
    "asks_proof",
)  # fmt: skip


def keep_sign_up(letter: Letter, sign_up: SignUp, seen: str, *, actor: str, at: dt.datetime) -> None:
    """Store signing settings chosen on top of those whose version hash was `seen`; the letter's row is locked.

    Raises SignUpIsOver, SignUpMovedOn, and DeadlinePassed for a deadline that would close the letter at once.
    """
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
    letter.asks_proof, letter.publish_individuals = sign_up.asks_proof, sign_up.publish_individuals
    for action, names in (("deadline moved", DEADLINE), ("sign-up changed", RULES)):
        _remember_change(letter, actor, action, names, before, at)


def _facts(letter: Letter) -> dict[str, Any]:
    """Return the signing settings as plain values for the audit log."""
    return {
        "deadline_at": letter.deadline_at.isoformat() if letter.deadline_at else None,
        "deadline_zone": letter.deadline_zone,
        "who_may_sign": str(letter.who_may_sign),
        "asked": sorted(letter.asked),
        "publish_rule": str(letter.publish_rule),
        "publish_individuals": letter.publish_individuals,
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
