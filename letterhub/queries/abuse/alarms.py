"""Abuse notices for staff: disowned signatures, domains often affected, floods, and changes by others."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnExpressionArgument, Select, func, select

from letterhub.domain.mail.suppression import ALARM_AT, Why
from letterhub.domain.signatures.happenings import Happening
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, MailStop, Signature, StaffNotice
from letterhub.queries.letters.header import titles_of

LATELY = dt.timedelta(days=30)
FLOOD_LATELY = dt.timedelta(days=1)
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Disowned:
    """Signature that someone at its address disowned; `signature_id` is for the link to its page."""

    id: int
    name: str
    domain: str
    slug: str
    title: str
    signature_id: int
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Noticed:
    """Change to a published or seconded name that staff did not make; `signature_id` is for the link to its page."""

    id: int
    happening: Happening
    name: str
    slug: str
    title: str
    signature_id: int
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Flooded:
    """Letter with the number of names that came in a flood within a day."""

    slug: str
    title: str
    count: int


@dataclass(frozen=True, slots=True)
class Alarms:
    """Unacknowledged notices of a coalition; `often` has domains with repeatedly disowned signatures, and how many."""

    disowned: tuple[Disowned, ...]
    often: tuple[tuple[str, int], ...]
    flooded: tuple[Flooded, ...]
    noticed: tuple[Noticed, ...] = ()

    @property
    def last_notice(self) -> int:
        """Return the id of the newest change, 0 if there is none; staff acknowledge up to it."""
        return max((one.id for one in self.noticed), default=0)

    @property
    def last(self) -> int:
        """Return the id of the newest disowned signature, 0 if there is none; staff acknowledge up to it."""
        return max((one.id for one in self.disowned), default=0)


def alarms_of(coalition_id: int, at: dt.datetime) -> Alarms:
    """Return the current abuse notices of a coalition."""
    fresh = db.session.execute(_fresh(coalition_id).order_by(MailStop.id.desc()).limit(SHOWN)).all()
    flooded = db.session.execute(_flooded(coalition_id, at)).all()
    notices = db.session.execute(_notices(coalition_id).order_by(StaffNotice.id.desc()).limit(SHOWN)).all()
    letters = {stop.letter_id for stop, _slug in fresh} | {row.id for row in flooded}
    titles = titles_of(letters | {notice.letter_id for notice, _slug in notices})
    disowned = tuple(
        Disowned(stop.id, stop.name, stop.domain, slug, titles.get(stop.letter_id, ""), stop.signature_id, stop.at)
        for stop, slug in fresh
    )
    often = _often(coalition_id, {one.domain for one in disowned}, at)
    noticed = tuple(
        Noticed(one.id, one.happening, one.name, slug, titles.get(one.letter_id, ""), one.signature_id, one.at)
        for one, slug in notices
    )
    flooded_now = tuple(Flooded(row.slug, titles.get(row.id, ""), row.names) for row in flooded)
    return Alarms(disowned, often, flooded_now, noticed)


def _notices(coalition_id: int) -> Select[StaffNotice, str]:
    found = select(StaffNotice, Letter.slug).join(Letter, Letter.id == StaffNotice.letter_id)
    return found.where(Letter.coalition_id == coalition_id, StaffNotice.seen_at.is_(None))


def _fresh(coalition_id: int) -> Select[MailStop, str]:
    mine = select(MailStop, Letter.slug).join(Letter, Letter.id == MailStop.letter_id)
    return mine.where(Letter.coalition_id == coalition_id, MailStop.why == Why.DISOWNED, MailStop.seen_at.is_(None))


def _often(coalition_id: int, domains: set[str], at: dt.datetime) -> tuple[tuple[str, int], ...]:
    counted = (
        select(MailStop.domain, func.count())
        .join(Letter, Letter.id == MailStop.letter_id)
        .where(Letter.coalition_id == coalition_id, MailStop.why == Why.DISOWNED, MailStop.at > at - LATELY)
        .where(MailStop.domain.in_(domains - {""}))
        .group_by(MailStop.domain)
        .having(func.count() >= ALARM_AT)
        .order_by(MailStop.domain)
    )
    return tuple((domain, count) for domain, count in db.session.execute(counted))


def _flooded(coalition_id: int, at: dt.datetime) -> Select[int, str, int]:
    """Return a select of the coalition's flooded letters, each with its number of names from floods."""
    return (
        select(Letter.id, Letter.slug, func.count().label("names"))
        .join(Signature, Signature.letter_id == Letter.id)
        .where(Letter.coalition_id == coalition_id, *_of_a_flood(at))
        .group_by(Letter.id, Letter.slug)
        .order_by(Letter.id)
    )


def flooded_letters(at: dt.datetime) -> int:
    """Return how many letters of the whole site have undecided names that came in a flood within a day."""
    return db.session.scalar(select(func.count(Signature.letter_id.distinct())).where(*_of_a_flood(at))) or 0


def _of_a_flood(at: dt.datetime) -> tuple[ColumnExpressionArgument[bool], ...]:
    undecided = Signature.state.in_((SignatureState.PENDING, SignatureState.CONFIRMED))
    return Signature.from_flood, undecided, Signature.created_at > at - FLOOD_LATELY
