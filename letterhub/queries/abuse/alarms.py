"""Abuse notices for staff: disowned signatures, domains often affected, floods, and changes by others."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnExpressionArgument, Select, func, select

from letterhub.domain.mail.suppression import ALARM_THRESHOLD, SuppressionReason
from letterhub.domain.signatures.events import SignatureEvent
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, MailSuppression, Signature, StaffNotice
from letterhub.queries.letters.header import letter_titles

DISOWNED_WINDOW = dt.timedelta(days=30)
FLOOD_WINDOW = dt.timedelta(days=1)
MAX_SHOWN = 20


@dataclass(frozen=True, slots=True)
class DisownedNotice:
    """Signature that someone at its address disowned; `signature_id` is for the link to its page."""

    id: int
    name: str
    domain: str
    slug: str
    title: str
    signature_id: int
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class ChangeNotice:
    """Change to a published or seconded name that staff did not make; `signature_id` is for the link to its page."""

    id: int
    event: SignatureEvent
    name: str
    slug: str
    title: str
    signature_id: int
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class FloodedLetter:
    """Letter with the number of names that came in a flood within a day."""

    slug: str
    title: str
    count: int


@dataclass(frozen=True, slots=True)
class AbuseNotices:
    """Unacknowledged notices of a coalition; `often_disowned_domains` has domains with repeatedly disowned signatures,
    and how many.
    """

    disowned: tuple[DisownedNotice, ...]
    often_disowned_domains: tuple[tuple[str, int], ...]
    flooded_letters: tuple[FloodedLetter, ...]
    changes: tuple[ChangeNotice, ...] = ()

    @property
    def last_change_id(self) -> int:
        """Return the id of the newest change, 0 if there is none; staff acknowledge up to it."""
        return max((one.id for one in self.changes), default=0)

    @property
    def last_disowned_id(self) -> int:
        """Return the id of the newest disowned signature, 0 if there is none; staff acknowledge up to it."""
        return max((one.id for one in self.disowned), default=0)


def abuse_notices(coalition_id: int, at: dt.datetime) -> AbuseNotices:
    """Return the current abuse notices of a coalition."""
    fresh = db.session.execute(_unseen_disowned(coalition_id).order_by(MailSuppression.id.desc()).limit(MAX_SHOWN)).all()
    flooded = db.session.execute(_flooded_letters(coalition_id, at)).all()
    notices = db.session.execute(_unseen_changes(coalition_id).order_by(StaffNotice.id.desc()).limit(MAX_SHOWN)).all()
    letters = {stop.letter_id for stop, _slug in fresh} | {row.id for row in flooded}
    titles = letter_titles(letters | {notice.letter_id for notice, _slug in notices})
    disowned = tuple(
        DisownedNotice(
            stop.id, stop.signer_name, stop.domain, slug, titles.get(stop.letter_id, ""), stop.signature_id, stop.suppressed_at
        )
        for stop, slug in fresh
    )
    often = _often_disowned_domains(coalition_id, {one.domain for one in disowned}, at)
    noticed = tuple(
        ChangeNotice(one.id, one.event, one.name, slug, titles.get(one.letter_id, ""), one.signature_id, one.created_at)
        for one, slug in notices
    )
    flooded_now = tuple(FloodedLetter(row.slug, titles.get(row.id, ""), row.names) for row in flooded)
    return AbuseNotices(disowned, often, flooded_now, noticed)


def _unseen_changes(coalition_id: int) -> Select[StaffNotice, str]:
    found = select(StaffNotice, Letter.slug).join(Letter, Letter.id == StaffNotice.letter_id)
    return found.where(Letter.coalition_id == coalition_id, StaffNotice.acknowledged_at.is_(None))


def _unseen_disowned(coalition_id: int) -> Select[MailSuppression, str]:
    mine = select(MailSuppression, Letter.slug).join(Letter, Letter.id == MailSuppression.letter_id)
    return mine.where(
        Letter.coalition_id == coalition_id,
        MailSuppression.reason == SuppressionReason.DISOWNED,
        MailSuppression.acknowledged_at.is_(None),
    )


def _often_disowned_domains(coalition_id: int, domains: set[str], at: dt.datetime) -> tuple[tuple[str, int], ...]:
    counted = (
        select(MailSuppression.domain, func.count())
        .join(Letter, Letter.id == MailSuppression.letter_id)
        .where(
            Letter.coalition_id == coalition_id,
            MailSuppression.reason == SuppressionReason.DISOWNED,
            MailSuppression.suppressed_at > at - DISOWNED_WINDOW,
        )
        .where(MailSuppression.domain.in_(domains - {""}))
        .group_by(MailSuppression.domain)
        .having(func.count() >= ALARM_THRESHOLD)
        .order_by(MailSuppression.domain)
    )
    return tuple((domain, count) for domain, count in db.session.execute(counted))


def _flooded_letters(coalition_id: int, at: dt.datetime) -> Select[int, str, int]:
    """Return a select of the coalition's flooded letters, each with its number of names from floods."""
    return (
        select(Letter.id, Letter.slug, func.count().label("names"))
        .join(Signature, Signature.letter_id == Letter.id)
        .where(Letter.coalition_id == coalition_id, *_recent_flood_conditions(at))
        .group_by(Letter.id, Letter.slug)
        .order_by(Letter.id)
    )


def count_flooded_letters(at: dt.datetime) -> int:
    """Return how many letters of the whole site have undecided names that came in a flood within a day."""
    return db.session.scalar(select(func.count(Signature.letter_id.distinct())).where(*_recent_flood_conditions(at))) or 0


def _recent_flood_conditions(at: dt.datetime) -> tuple[ColumnExpressionArgument[bool], ...]:
    undecided = Signature.state.in_((SignatureState.PENDING, SignatureState.CONFIRMED))
    return Signature.from_flood, undecided, Signature.created_at > at - FLOOD_WINDOW
