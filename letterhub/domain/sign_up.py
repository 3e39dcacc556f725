"""How organizations sign a letter: until when, who, what they are asked, and when their names appear."""

import datetime as dt
import secrets
from dataclasses import asdict, dataclass

from letterhub.domain.letters import RESERVED_SLUGS, OptionalField, PublishRule, WhoMaySign, slug_from
from letterhub.domain.refusals import Refused
from letterhub.domain.retention import CONTACT_MONTHS, NETWORK_DAYS
from letterhub.domain.snapshot import fingerprint


@dataclass(frozen=True, slots=True)
class SignUp:
    """What staff decide about signing. `deadline_at` is None where the letter has none; the last five are told in `Letter`."""

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
    """A letter that was delivered or withdrawn takes no signatures: nothing is left to decide."""


class SignUpMovedOn(Refused):
    """The deadline or the rules were changed in the meantime."""


class AddressTaken(Refused):
    """Another letter stands at this address."""

    field = "slug"


def mark_of(sign_up: SignUp) -> str:
    """What tells one set of terms from another."""
    deadline = sign_up.deadline_at.isoformat() if sign_up.deadline_at else None
    return fingerprint(asdict(sign_up) | {"deadline_at": deadline, "asked": sorted(sign_up.asked)})


def check_seen(now_is: SignUp, seen: str) -> None:
    """Raises SignUpMovedOn where the terms are not those whose mark was `seen`."""
    if mark_of(now_is) != seen:
        raise SignUpMovedOn(
            "The deadline or the rules were changed after you opened this page, so nothing was saved. What you chose is still "
            "below: save again to let it replace that change, or reload the page to see it."
        )


def first_free(slug: str, taken: frozenset[str]) -> str:
    """The address itself, or with the first number that makes it free: "clean-rivers-2"."""
    tries = (slug, *(f"{slug}-{number}" for number in range(2, len(taken) + 3)))
    return next(one for one in tries if one not in taken)


def draft_slug(title: str) -> str:
    """Return an address for a new draft that nobody guesses: of it, other coalitions learn nothing by trying."""
    return f"{slug_from(title)[:45].strip('-')}-{secrets.token_hex(6)}"


def is_address(slug: str) -> bool:
    """Whether a letter may stand at `/letters/<slug>`."""
    return bool(slug) and slug == slug_from(slug) and slug not in RESERVED_SLUGS
