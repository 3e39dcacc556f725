"""Reads about what is kept of people: what is due to be erased, and what a letter promises."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select

from letterhub.db import db
from letterhub.domain.retention import PENDING_FOR, Kept, months_after
from letterhub.domain.states import SignatureState
from letterhub.models import Invitation, Letter, Signature, Trace

UNCONFIRMED = (SignatureState.EXPIRED, SignatureState.WITHDRAWN, SignatureState.DECLINED)
LONGEST = 61  # months, more than any letter may keep


@dataclass(frozen=True, slots=True)
class Due:
    """How many of one kind are due to be erased under one letter."""

    letter_id: int
    slug: str
    kept: Kept
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
    for letter_id, slug in db.session.execute(select(Letter.id, Letter.slug).order_by(Letter.id)).all():
        counts = {kept: _count(_people(letter_id, kept, at)) for kept in (Kept.ENTRIES, Kept.CONTACTS)}
        counts[Kept.NETWORKS] = _count(traces_due(letter_id, at))
        counts[Kept.INVITATIONS] = _count(invitations_due(letter_id, at))
        found += [Due(letter_id, slug, kept, count) for kept, count in counts.items() if count]
    return found


def traces_due(letter_id: int, at: dt.datetime) -> Select[int]:
    """The traces whose network data a letter has kept for long enough."""
    days = db.session.scalars(select(Letter.network_days).where(Letter.id == letter_id)).one()
    old = Trace.begun_at <= at - dt.timedelta(days=days)
    return select(Trace.signature_id).where(Trace.letter_id == letter_id, old, Trace.network_key != "")


def invitations_due(letter_id: int, at: dt.datetime) -> Select[int]:
    """The invitations to a letter whose addresses it has kept for as long as it keeps those of signatories."""
    until = db.session.get_one(Letter, letter_id).kept_until
    found = select(Invitation.id).where(Invitation.letter_id == letter_id, Invitation.email != "")
    return found if until is not None and until <= at else found.where(false())


def _people(letter_id: int, kept: Kept, at: dt.datetime) -> Select[int]:
    return select(Signature.id).join(Letter).where(Signature.letter_id == letter_id, DUE[kept](at))


def _count(found: Select[int]) -> int:
    return db.session.scalar(select(func.count()).select_from(found.subquery())) or 0


def _entries(at: dt.datetime) -> ColumnElement[bool]:
    """Entries that nobody confirmed: still waiting, or ended some way, and old enough."""
    waiting = and_(Signature.state == SignatureState.PENDING, Signature.created_at <= at - PENDING_FOR)
    ended = and_(
        Signature.state.in_(UNCONFIRMED), Signature.contact_erased_at.is_(None), Signature.created_at <= at - PENDING_FOR
    )
    return and_(Signature.confirmed_at.is_(None), or_(waiting, ended))


def _contacts(at: dt.datetime) -> ColumnElement[bool]:
    """Addresses under letters whose end is so long ago as each of them promises."""
    ended_at = func.coalesce(Letter.delivered_at, Letter.withdrawn_at, type_=Letter.delivered_at.type)
    over = [and_(Letter.contact_months == months, ended_at <= months_after(at, -months)) for months in range(LONGEST)]
    return and_(Signature.contact_erased_at.is_(None), Signature.email != "", or_(*over))


DUE: Mapping[Kept, Callable[[dt.datetime], ColumnElement[bool]]] = {Kept.ENTRIES: _entries, Kept.CONTACTS: _contacts}
