"""Errata: public reasons why a name printed in an edition is no longer listed, and the version hash of what staff have seen.

See docs/design/editions.md.
"""

import datetime as dt
import enum
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from letterhub.domain.states import SignatureState


class WhyGone(enum.StrEnum):
    """Public reason why a name is no longer listed: by whose act, not its cause."""

    WITHDREW = "withdrew"
    TAKEN_OFF = "taken-off"  # by staff
    NOT_CONFIRMED = "not-confirmed"  # the text changed in substance
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Erratum:
    """Name that an edition prints and that is no longer listed; `at` is None where the date is for staff only."""

    name: str
    why: WhyGone
    at: dt.datetime | None


REASONS = {
    SignatureState.WITHDRAWN: WhyGone.WITHDREW,
    SignatureState.DECLINED: WhyGone.TAKEN_OFF,
    SignatureState.OUTDATED: WhyGone.NOT_CONFIRMED,
}


def why_gone(state: SignatureState) -> WhyGone:
    """Return why a name in this state, which was listed before, is not any more."""
    return REASONS.get(state, WhyGone.REVIEW)


def mark_of_errata(errata: Iterable[Erratum], *, text_changed: bool) -> str:
    """Return the version hash of an edition's errata, for the delivery form; "" if there are none."""
    seen = [(one.name, str(one.why)) for one in errata]
    return hashlib.sha256(repr((seen, text_changed)).encode()).hexdigest()[:16] if seen or text_changed else ""
