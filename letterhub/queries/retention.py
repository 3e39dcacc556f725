"""Reads about what is kept of people: what is due to be erased, and what a letter promises."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select

from letterhub.db import db
from letterhub.domain.retention import PENDING_FOR, Erasable
from letterhub.domain.states import SignatureState
from letterhub.models import Inquiry, Invitation, Letter, Seconder, Signature, Trace

UNCONFIRMED = (SignatureState.EXPIRED, SignatureState.WITHDRAWN, SignatureState.DECLINED)


@dataclass(frozen=True, slots=True)
class Due:
    """How many of one kind are due to be erased under one letter."""

    letter_id: int
    slug: str
    kept: Erasable
    count: int


@dataclass(frozen=True, slots=True)
class Promise:
    """How long a letter keeps what it knows of those who sign; `kept_until` is None as long as it was not delivered."""

    network_days: int
    contact_months: int
    pending_days: int
    kept_until: dt.datetime | None


def promise_of(letter_id: int) -> Promise:
    """What a letter promises to those who sign it."""
    letter = db.session.get_one(Letter, letter_id)
    return Promise(letter.network_days, letter.contact_months, PENDING_FOR.days, letter.kept_until)


def all_due(at: dt.datetime) -> list[Due]:
    """All that is due to be erased on the site."""
    found = []
    for letter in db.session.scalars(select(Letter).order_by(Letter.id)).all():
        counts = {kept: _count(people_due(letter, kept, at)) for kept in (Erasable.ENTRIES, Erasable.CONTACTS)}
        counts[Erasable.NETWORKS] = _count(traces_due(letter, at))
        counts[Erasable.INVITATIONS] = _count(invitations_due(letter, at))
        found += [Due(letter.id, letter.slug, kept, count) for kept, count in counts.items() if count]
    return found


def people_due(letter: Letter, kept: Erasable, at: dt.datetime) -> Select[Signature]:
    """The signatures of a letter whose entries or whose addresses, with those asked about them, it has kept for long enough."""
    found = select(Signature).where(Signature.letter_id == letter.id)
    if kept is Erasable.ENTRIES:
        return found.where(_unconfirmed(at))
    asked = Signature.id.in_(select(Inquiry.signature_id).where(Inquiry.address != ""))  # they are few, and read once
    kept_still = or_(and_(Signature.contact_erased_at.is_(None), Signature.email != ""), asked)
    return found.where(kept_still) if _is_over(letter, at) else found.where(false())


def traces_due(letter: Letter, at: dt.datetime) -> Select[Trace]:
    """The traces whose network data a letter has kept for long enough."""
    old = Trace.begun_at <= at - dt.timedelta(days=letter.network_days)
    return select(Trace).where(Trace.letter_id == letter.id, old, Trace.network_key != "")


def invitations_due(letter: Letter, at: dt.datetime) -> Select[Invitation]:
    """The invitations to a letter whose addresses it has kept for as long as it keeps those of signatories."""
    found = select(Invitation).where(Invitation.letter_id == letter.id, Invitation.email != "")
    return found if _is_over(letter, at) else found.where(false())


def _is_over(letter: Letter, at: dt.datetime) -> bool:
    """Whether a letter's end is so long ago as it promises to keep addresses."""
    return letter.kept_until is not None and letter.kept_until <= at


def _count(found: Select[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(found.subquery())) or 0


def _unconfirmed(at: dt.datetime) -> ColumnElement[bool]:
    """Entries that nobody confirmed: still waiting, or ended some way, and old enough. That of a second person who hears of
    the signature that she confirmed is kept as signatures are.
    """
    seconder = exists().where(Seconder.entry_id == Signature.id, Seconder.ended_at.is_(None))
    ended = and_(Signature.state.in_(UNCONFIRMED), Signature.contact_erased_at.is_(None))
    waits_or_ended = or_(Signature.state == SignatureState.PENDING, ended)
    return and_(Signature.confirmed_at.is_(None), Signature.created_at <= at - PENDING_FOR, waits_or_ended, ~seconder)
