"""Names in a letter's queue that staff may publish together, as nothing about them is in doubt."""

from dataclasses import dataclass

from sqlalchemy import select

from letterhub.domain.signatures.publishing import is_undoubted
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Signature, is_queued
from letterhub.queries.signatures.assessments import FilterScan, scan_names
from letterhub.queries.signatures.review import QUEUED_STATES, SignatureDetails, signatures_by_id

NAMES_AT_ONCE = 200
"""Names shown and published at a time: few enough to look over."""


@dataclass(frozen=True, slots=True)
class ClearSignatures:
    """Clear names of a queue, those that waited longest first; `other_count` others wait, and `scan` says which of them were
    looked at."""

    signatures: tuple[SignatureDetails, ...]
    other_count: int
    scan: FilterScan


def clear_signatures(letter_id: int, after_id: int = 0) -> ClearSignatures:
    """Return the names of a letter's queue about which nothing is in doubt, those that waited longest first, after a name."""
    query = select(Signature.id).where(Signature.letter_id == letter_id, is_queued())
    order = (Signature.confirmed_at, Signature.id)
    scan = scan_names(query, order, is_undoubted, after_id=after_id, limit=NAMES_AT_ONCE)
    waiting = db.session.scalar(select(Letter.awaiting_review_count).where(Letter.id == letter_id)) or 0
    signatures = signatures_by_id(letter_id, scan.ids, QUEUED_STATES)
    return ClearSignatures(signatures, waiting - len(signatures), scan)
