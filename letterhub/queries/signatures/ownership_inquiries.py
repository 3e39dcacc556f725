"""Inquiries to organizations, as the recipient sees them, and as staff do."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.signatures.ownership_inquiries import Answer, accepted_answers
from letterhub.domain.signatures.review import line_version
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Inquiry, Signature, Staff
from letterhub.queries.letters.public_letter import PublicLetter, public_letter_by_id


@dataclass(frozen=True, slots=True)
class ReceivedInquiry:
    """Inquiry for the holder of its link: the current line with its version hash, and the answers (`valid_answers`)
    valid now.
    """

    id: int
    letter: PublicLetter
    line: Signatory
    line_version: str
    withdrawn: bool
    erased: bool
    valid_answers: tuple[Answer, ...]
    asked_at: dt.datetime
    answer: Answer | None
    answered_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class SentInquiry:
    """Inquiry for staff: to which address, where that was published, who asked, and the answer."""

    address: str
    address_source: str
    asked_at: dt.datetime
    asked_by: str
    answer: Answer | None
    answered_at: dt.datetime | None


def inquiry_by_id(inquiry_id: int) -> ReceivedInquiry | None:
    """Return the inquiry with this id; None if it was erased with its signature."""
    row = db.session.execute(
        select(Inquiry, Signature).join(Signature, Signature.id == Inquiry.signature_id).where(Inquiry.id == inquiry_id)
    ).one_or_none()
    letter = public_letter_by_id(row.Signature.letter_id) if row else None
    if row is None or letter is None:
        return None
    line, state = row.Signature.signatory, row.Signature.state
    return ReceivedInquiry(
        id=row.Inquiry.id, letter=letter, line=line, line_version=line_version(line),
        withdrawn=state is SignatureState.WITHDRAWN, erased=not line.name,
        valid_answers=accepted_answers(state, erased=not line.name),
        asked_at=row.Inquiry.asked_at, answer=row.Inquiry.answer, answered_at=row.Inquiry.answered_at,
    )  # fmt: skip


def inquiries_about(signature_id: int) -> tuple[SentInquiry, ...]:
    """Return the inquiries about a signature, oldest first."""
    rows = db.session.execute(
        select(Inquiry, Staff.name)
        .outerjoin(Staff, Staff.id == Inquiry.asked_by_id)
        .where(Inquiry.signature_id == signature_id)
        .order_by(Inquiry.asked_at, Inquiry.id)
    )
    return tuple(
        SentInquiry(inquiry.address, inquiry.published_where, inquiry.asked_at, name or "", inquiry.answer, inquiry.answered_at)
        for inquiry, name in rows
    )
