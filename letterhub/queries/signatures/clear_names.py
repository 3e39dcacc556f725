"""Names in a letter's queue that staff may publish together, as nothing about them is in doubt."""

from dataclasses import dataclass

from sqlalchemy import select

from letterhub.domain.signatures.publishing import is_undoubted
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Signature, is_queued
from letterhub.queries.signatures.review import QUEUED_STATES, SignatureDetails, assessments_of, signatures_by_id

NAMES_AT_ONCE = 200
"""Names shown and published at a time: few enough to look over."""


@dataclass(frozen=True, slots=True)
class ClearSignatures:
    """Clear names of a queue, those that waited longest first; the counts of all clear ones and of the others waiting."""

    signatures: tuple[SignatureDetails, ...]
    clear_count: int
    other_count: int


def clear_signatures(letter_id: int) -> ClearSignatures:
    """Return the names of a letter's queue about which nothing is in doubt, those that waited longest first, and counts."""
    query = select(Signature.id).where(Signature.letter_id == letter_id, is_queued())
    assessments = assessments_of(query.order_by(Signature.confirmed_at, Signature.id))
    clear_ids = [signature_id for signature_id, (kind, assessment) in assessments.items() if is_undoubted(kind, assessment)]
    waiting = db.session.scalar(select(Letter.awaiting_review).where(Letter.id == letter_id)) or 0
    return ClearSignatures(
        signatures_by_id(letter_id, clear_ids[:NAMES_AT_ONCE], QUEUED_STATES), len(clear_ids), waiting - len(clear_ids)
    )
