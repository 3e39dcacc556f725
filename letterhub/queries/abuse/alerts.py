"""Alerts for staff: disowned signatures, domains often affected, floods, and changes."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnExpressionArgument, Select, func, select

from letterhub.domain.mail.outgoing_mail import ALERT_THRESHOLD, SuppressionReason
from letterhub.domain.signatures.review import SignatureEvent
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Coalition, Letter, MailSuppression, Signature, SignatureAlert
from letterhub.queries.letters.letter_header import letter_titles

DISOWNED_WINDOW = dt.timedelta(days=30)
FLOOD_WINDOW = dt.timedelta(days=1)
MAX_SHOWN = 20


@dataclass(frozen=True, slots=True)
class DisownedAlert:
    """Signature that someone at its address disowned; `signature_id` is for the link to its page."""

    id: int
    name: str
    domain: str
    slug: str
    title: str
    signature_id: int
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class ChangeAlert:
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
class FloodedCoalition:
    """Coalition with the number of its letters that were flooded within a day."""

    id: int
    name: str
    letters: int


@dataclass(frozen=True, slots=True)
class Alerts:
    """Unacknowledged alerts of a coalition; `often_disowned_domains` has domains with repeatedly disowned signatures,
    and how many.
    """

    disowned: tuple[DisownedAlert, ...]
    often_disowned_domains: tuple[tuple[str, int], ...]
    flooded_letters: tuple[FloodedLetter, ...]
    changes: tuple[ChangeAlert, ...] = ()

    @property
    def last_alert_id(self) -> int:
        """Return the id of the newest change, 0 if there is none; staff acknowledge up to it."""
        return max((notice.id for notice in self.changes), default=0)

    @property
    def last_suppression_id(self) -> int:
        """Return the id of the newest disowned signature, 0 if there is none; staff acknowledge up to it."""
        return max((notice.id for notice in self.disowned), default=0)


def current_alerts(coalition_id: int, at: dt.datetime) -> Alerts:
    """Return the alerts that a coalition's staff have not acknowledged yet, and its letters that were flooded within a day."""
    disowned_rows = db.session.execute(
        _select_unseen_disowned(coalition_id).order_by(MailSuppression.id.desc()).limit(MAX_SHOWN)
    ).all()
    flood_rows = db.session.execute(_select_flooded_letters(coalition_id, at)).all()
    change_rows = db.session.execute(
        _select_unseen_changes(coalition_id).order_by(SignatureAlert.id.desc()).limit(MAX_SHOWN)
    ).all()
    letters = {suppression.letter_id for suppression, _slug in disowned_rows} | {row.id for row in flood_rows}
    titles = letter_titles(letters | {notice.letter_id for notice, _slug in change_rows})
    disowned = tuple(
        DisownedAlert(
            suppression.id,
            suppression.signer_name,
            suppression.domain,
            slug,
            titles.get(suppression.letter_id, ""),
            suppression.signature_id,
            suppression.suppressed_at,
        )
        for suppression, slug in disowned_rows
    )
    often_disowned_domains = _often_disowned_domains(coalition_id, {disowned_notice.domain for disowned_notice in disowned}, at)
    changes = tuple(
        ChangeAlert(
            notice.id, notice.event, notice.name, slug, titles.get(notice.letter_id, ""), notice.signature_id, notice.created_at
        )
        for notice, slug in change_rows
    )
    flooded_letters = tuple(FloodedLetter(row.slug, titles.get(row.id, ""), row.names) for row in flood_rows)
    return Alerts(disowned, often_disowned_domains, flooded_letters, changes)


def _select_unseen_changes(coalition_id: int) -> Select[SignatureAlert, str]:
    """Return a select of alerts about changed names that staff have not acknowledged, each with its letter's slug."""
    query = select(SignatureAlert, Letter.slug).join(Letter, Letter.id == SignatureAlert.letter_id)
    return query.where(Letter.coalition_id == coalition_id, SignatureAlert.acknowledged_at.is_(None))


def _select_unseen_disowned(coalition_id: int) -> Select[MailSuppression, str]:
    """Return a select of disowned signatures that staff have not acknowledged, each with its letter's slug."""
    query = select(MailSuppression, Letter.slug).join(Letter, Letter.id == MailSuppression.letter_id)
    return query.where(
        Letter.coalition_id == coalition_id,
        MailSuppression.reason == SuppressionReason.DISOWNED,
        MailSuppression.acknowledged_at.is_(None),
    )


def _often_disowned_domains(coalition_id: int, domains: set[str], at: dt.datetime) -> tuple[tuple[str, int], ...]:
    """Return those of the domains with at least ALERT_THRESHOLD signatures disowned within 30 days, each with their number."""
    query = (
        select(MailSuppression.domain, func.count())
        .join(Letter, Letter.id == MailSuppression.letter_id)
        .where(
            Letter.coalition_id == coalition_id,
            MailSuppression.reason == SuppressionReason.DISOWNED,
            MailSuppression.suppressed_at > at - DISOWNED_WINDOW,
        )
        .where(MailSuppression.domain.in_(domains - {""}))
        .group_by(MailSuppression.domain)
        .having(func.count() >= ALERT_THRESHOLD)
        .order_by(MailSuppression.domain)
    )
    return tuple((domain, count) for domain, count in db.session.execute(query))


def _select_flooded_letters(coalition_id: int, at: dt.datetime) -> Select[int, str, int]:
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


def flooded_coalitions(at: dt.datetime, limit: int) -> tuple[FloodedCoalition, ...]:
    """Return the first coalitions by name of the whole site's flooded letters, for its operator."""
    query = (
        select(Coalition.id, Coalition.name, func.count(Signature.letter_id.distinct()))
        .join(Letter, Letter.coalition_id == Coalition.id)
        .join(Signature, Signature.letter_id == Letter.id)
        .where(*_recent_flood_conditions(at))
        .group_by(Coalition.id, Coalition.name)
        .order_by(Coalition.name)
    )
    return tuple(FloodedCoalition(*row) for row in db.session.execute(query.limit(limit)))


def _recent_flood_conditions(at: dt.datetime) -> tuple[ColumnExpressionArgument[bool], ...]:
    """Return the conditions for a signature that came in a flood within a day and is undecided."""
    undecided = Signature.state.in_((SignatureState.PENDING, SignatureState.CONFIRMED))
    return Signature.from_flood, undecided, Signature.created_at > at - FLOOD_WINDOW
