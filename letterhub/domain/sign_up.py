"""How organizations sign a letter: until when, who, what they are asked, and when their names appear."""

import datetime as dt
from dataclasses import dataclass

from letterhub.domain.letters import RESERVED_SLUGS, Asked, PublishRule, WhoMaySign, slug_from
from letterhub.domain.refusals import Refused


@dataclass(frozen=True, slots=True)
class SignUp:
    """What staff decide about signing. `deadline_at` is None where the letter has none; `grace_hours` is told in `Letter`."""

    deadline_at: dt.datetime | None
    deadline_zone: str
    who_may_sign: WhoMaySign
    asked: frozenset[Asked]
    publish_rule: PublishRule
    grace_hours: int


class SignUpIsOver(Refused):
    """A letter that was delivered or withdrawn takes no signatures: nothing is left to decide."""


class AddressTaken(Refused):
    """Another letter stands at this address."""

    field = "slug"


class AddressIsPublic(Refused):
    """Readers know the letter's address already."""

    field = "slug"


def first_free(slug: str, taken: frozenset[str]) -> str:
    """The address itself, or with the first number that makes it free: "clean-rivers-2"."""
    tries = (slug, *(f"{slug}-{number}" for number in range(2, len(taken) + 3)))
    return next(one for one in tries if one not in taken)


def is_address(slug: str) -> bool:
    """Whether a letter may stand at `/letters/<slug>`."""
    return bool(slug) and slug == slug_from(slug) and slug not in RESERVED_SLUGS
