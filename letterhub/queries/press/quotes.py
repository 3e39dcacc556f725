"""Quotes of signatories: those that a press page shows, those that staff asked for, and one as its signatory decides on it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from letterhub.domain.press.quotes import QuoteState, attribution_of
from letterhub.domain.signatures.review import line_version
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import PressQuote, Signature
from letterhub.queries.letters.public_letter import PublicLetter, public_letter_by_id
from letterhub.queries.signatures.search import select_staff_matches

MATCHES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class ShownQuote:
    """Approved quote, with its signatory as it was approved."""

    text: str
    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class StaffQuote:
    """Quote as staff see it; `is_listed` says whether its signatory is on the letter, without which it is not shown."""

    id: int
    signature_id: int
    text: str
    name: str
    state: QuoteState
    asked_at: dt.datetime
    decided_at: dt.datetime | None
    sha256: str
    is_listed: bool


@dataclass(frozen=True, slots=True)
class QuoteToDecide:
    """Quote for its signatory, who holds its link; `name` and `person` say whose words they are, `line_version` is that of the
    line that they are from."""

    id: int
    letter: PublicLetter
    text: str
    name: str
    person: str
    state: QuoteState
    asked_at: dt.datetime
    decided_at: dt.datetime | None
    is_listed: bool
    line_version: str


@dataclass(frozen=True, slots=True)
class QuotableSignatory:
    """Signatory who can be asked for a quote."""

    signature_id: int
    name: str
    person: str


def shown_quotes(letter_id: int) -> tuple[ShownQuote, ...]:
    """Return the quotes that were approved, of signatories who are on the letter now, in the order of approval."""
    query = (
        select(PressQuote.text, PressQuote.consent)
        .join(Signature, Signature.id == PressQuote.signature_id)
        .where(PressQuote.letter_id == letter_id, PressQuote.state == QuoteState.APPROVED)
        .where(Signature.state == SignatureState.PUBLISHED)
        .order_by(PressQuote.decided_at, PressQuote.id)
    )
    return tuple(ShownQuote(words, *consent["printed"]) for words, consent in db.session.execute(query))


def staff_quotes(letter_id: int) -> tuple[StaffQuote, ...]:
    """Return all quotes of a letter, the newest first."""
    query = (
        select(PressQuote, Signature)
        .join(Signature, Signature.id == PressQuote.signature_id)
        .where(PressQuote.letter_id == letter_id)
        .order_by(PressQuote.id.desc())
    )
    return tuple(
        StaffQuote(
            row.id, row.signature_id, row.text, signature.signatory.name, row.state, row.asked_at, row.decided_at, row.sha256,
            is_listed=signature.state is SignatureState.PUBLISHED,
        )
        for row, signature in db.session.execute(query)
    )  # fmt: skip


def quotable_signatories(letter_id: int, typed: str) -> tuple[QuotableSignatory, ...]:
    """Return the first signatories on the letter that staff find by what they typed."""
    found = select_staff_matches(letter_id, typed, (SignatureState.PUBLISHED,)).subquery()
    query = select(Signature).join(found, found.c[0] == Signature.id).order_by(found.c[1]).limit(MATCHES_SHOWN)
    return _quotable(db.session.scalars(query).all())


def quotable_signatory(letter_id: int, signature_id: int) -> QuotableSignatory | None:
    """Return a signatory on the letter; None if it is not on it."""
    of_letter = (Signature.id == signature_id, Signature.letter_id == letter_id)
    rows = db.session.scalars(select(Signature).where(*of_letter, Signature.state == SignatureState.PUBLISHED)).all()
    return next(iter(_quotable(rows)), None)


def quote_to_decide(quote_id: int) -> QuoteToDecide | None:
    """Return a quote with its letter; None if it is gone."""
    row = db.session.get(PressQuote, quote_id)
    letter = public_letter_by_id(row.letter_id) if row else None
    if row is None or letter is None:
        return None
    signature = db.session.get_one(Signature, row.signature_id)
    return QuoteToDecide(
        row.id, letter, row.text, *attribution_of(signature.signatory), row.state, row.asked_at, row.decided_at,
        is_listed=signature.state is SignatureState.PUBLISHED, line_version=line_version(signature.signatory),
    )  # fmt: skip


def _quotable(rows: Sequence[Signature]) -> tuple[QuotableSignatory, ...]:
    return tuple(QuotableSignatory(row.id, *attribution_of(row.signatory)) for row in rows)
