"""Errata: why a name that an edition prints does not stand now, as far as everyone may know it, and who has seen that."""

import datetime as dt
import enum
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from letterhub.domain.states import SignatureState


class WhyGone(enum.StrEnum):
    """Why a name does not stand: by whose act, and nothing of what led to it."""

    WITHDREW = "withdrew"
    TAKEN_OFF = "taken-off"  # by staff
    NOT_CONFIRMED = "not-confirmed"  # the text changed in substance
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Erratum:
    """A name that an edition prints and that does not stand any more; `at` is None where only staff need to know since when."""

    name: str
    why: WhyGone
    at: dt.datetime | None


REASONS = {
    SignatureState.WITHDRAWN: WhyGone.WITHDREW,
    SignatureState.DECLINED: WhyGone.TAKEN_OFF,
    SignatureState.OUTDATED: WhyGone.NOT_CONFIRMED,
}


def why_gone(state: SignatureState) -> WhyGone:
    """Why a name in this state, which was in the list before, is not in it."""
    return REASONS.get(state, WhyGone.REVIEW)


def mark_of_errata(errata: Iterable[Erratum], *, text_changed: bool) -> str:
    """What whoever delivers an edition has seen of what does not stand of it any more; "" where all of it does."""
    seen = [(one.name, str(one.why)) for one in errata]
    return hashlib.sha256(repr((seen, text_changed)).encode()).hexdigest()[:16] if seen or text_changed else ""
