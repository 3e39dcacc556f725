"""Editions: rules for freezing, public ids, and errata of printed names.

See docs/design/editions.md.
"""

import datetime as dt
import enum
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.domain.states import LetterState, SignatureState

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Characters of public ids: none is mistaken for another on paper or by telephone."""


class CannotFreeze(UserFacingError):
    """Raised when no edition can be made of a letter now."""


class LetterChanged(UserFacingError):
    """Raised when a letter has changed since the page that was to freeze it was shown."""


class NoSuchEdition(UserFacingError):
    """Raised when an edition, or a file of one, does not exist."""


class FileDiffers(UserFacingError):
    """Raised when a stored file differs from what would be rendered now."""


class FileNotFailed(UserFacingError):
    """Raised when a file to be retried has not failed."""


def check_freezable(state: LetterState) -> None:
    """Raise CannotFreeze unless a letter in this state can become an edition."""
    if state is LetterState.DRAFT:
        raise CannotFreeze(_("Open the letter first. An edition is made from a text that organizations have signed."))
    if state is LetterState.WITHDRAWN:
        raise CannotFreeze(_("This letter was withdrawn, so no more editions can be made."))


def check_not_empty(count: int) -> None:
    """Raise CannotFreeze for an empty list."""
    if not count:
        raise CannotFreeze(_("No names are published yet, so the edition would have an empty list."))


def check_letter_unchanged(displayed: str, current: str) -> None:
    """Raise LetterChanged unless the letter's current fingerprint is the one that was displayed."""
    if displayed != current:
        raise LetterChanged(_("The letter or its list changed while you were looking. Review it again, then freeze it."))


def new_public_id(choose: Callable[[str], str]) -> str:
    """Return a new public id, such as "7KQ2-M3TX-9RWB": 60 bits if `choose` is random like `secrets.choice`."""
    return "-".join("".join(choose(ALPHABET) for _ in range(4)) for _ in range(3))


def normalize_public_id(typed: str) -> str:
    """Normalize a typed edition id to its printed form: "7kq2m3tx 9rwb" becomes "7KQ2-M3TX-9RWB"."""
    letters = "".join(letter for letter in typed.upper() if letter.isascii() and letter.isalnum())
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


class RemovalReason(enum.StrEnum):
    """Public reason why a name is no longer listed. It says who removed it, and not why."""

    WITHDREW = "withdrew"
    TAKEN_OFF = "taken-off"  # by staff
    NOT_CONFIRMED = "not-confirmed"  # the text changed in substance
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Erratum:
    """Name that an edition prints and that is no longer listed; `at` is None where the date is for staff only."""

    name: str
    reason: RemovalReason
    at: dt.datetime | None


REMOVAL_REASONS = {
    SignatureState.WITHDRAWN: RemovalReason.WITHDREW,
    SignatureState.DECLINED: RemovalReason.TAKEN_OFF,
    SignatureState.OUTDATED: RemovalReason.NOT_CONFIRMED,
}


def errata_version(errata: Iterable[Erratum], *, text_changed: bool) -> str:
    """Return the version hash of an edition's errata, for the delivery form; "" if there are none."""
    reasons = [(erratum.name, str(erratum.reason)) for erratum in errata]
    if not reasons and not text_changed:
        return ""
    return hashlib.sha256(repr((reasons, text_changed)).encode()).hexdigest()[:16]
