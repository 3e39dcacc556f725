"""Errata: public reasons why a name printed in an edition is no longer listed, and the version hash of what staff have seen.

See docs/design/editions.md.
"""

import datetime as dt
import enum
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from letterhub.domain.states import SignatureState


class RemovalReason(enum.StrEnum):
    """Public reason why a name is no longer listed: by whose act, not its cause."""

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


def removal_reason(state: SignatureState) -> RemovalReason:
    """Return why a name in this state, which was listed before, is not any more."""
    return REMOVAL_REASONS.get(state, RemovalReason.REVIEW)


def errata_version(errata: Iterable[Erratum], *, text_changed: bool) -> str:
    """Return the version hash of an edition's errata, for the delivery form; "" if there are none."""
    reasons = [(erratum.name, str(erratum.reason)) for erratum in errata]
    return hashlib.sha256(repr((reasons, text_changed)).encode()).hexdigest()[:16] if reasons or text_changed else ""
