"""Signing settings of a letter: deadline, signer kinds, optional fields, publish rules; slugs."""

import datetime as dt
import secrets
from dataclasses import asdict, dataclass

from letterhub.domain.errors import Refused
from letterhub.domain.letters.letter import RESERVED_SLUGS, OptionalField, PublishRule, WhoMaySign, slug_from
from letterhub.domain.letters.snapshot import fingerprint
from letterhub.domain.operations.retention import CONTACT_MONTHS, NETWORK_DAYS


@dataclass(frozen=True, slots=True)
class SignUp:
    """Signing settings as staff choose them. `deadline_at` is None for no deadline; see `Letter` for the last five."""

    deadline_at: dt.datetime | None
    deadline_zone: str
    who_may_sign: WhoMaySign
    asked: frozenset[OptionalField]
    publish_rule: PublishRule
    grace_hours: int
    network_days: int = NETWORK_DAYS
    contact_months: int = CONTACT_MONTHS
    asks_proof: bool = False
    publish_individuals: bool = False


class SignUpIsOver(Refused):
    """Raised when a letter was delivered or withdrawn, so that its signing settings are fixed."""


class SignUpMovedOn(Refused):
    """Raised when the deadline or the rules were changed in the meantime."""


class AddressTaken(Refused):
    """Raised when another letter has this slug."""

    field = "slug"


def mark_of(sign_up: SignUp) -> str:
    """Return the version hash of signing settings."""
    deadline = sign_up.deadline_at.isoformat() if sign_up.deadline_at else None
    return fingerprint(asdict(sign_up) | {"deadline_at": deadline, "asked": sorted(sign_up.asked)})


def check_seen(now_is: SignUp, seen: str) -> None:
    """Raise SignUpMovedOn if the version hash of the settings is not `seen`."""
    if mark_of(now_is) != seen:
        raise SignUpMovedOn(
            "The deadline or the rules were changed after you opened this page, so nothing was saved. What you chose is still "
            "below: save again to let it replace that change, or reload the page to see it."
        )


def first_free(slug: str, taken: frozenset[str]) -> str:
    """Return the slug itself, or with the first number that makes it free: "clean-rivers-2"."""
    tries = (slug, *(f"{slug}-{number}" for number in range(2, len(taken) + 3)))
    return next(one for one in tries if one not in taken)


def draft_slug(title: str) -> str:
    """Return an unguessable slug for a new draft, so that other coalitions cannot probe for it."""
    return f"{slug_from(title)[:45].strip('-')}-{secrets.token_hex(6)}"


def is_address(slug: str) -> bool:
    """Return whether a slug is valid for `/letters/<slug>`."""
    return bool(slug) and slug == slug_from(slug) and slug not in RESERVED_SLUGS
