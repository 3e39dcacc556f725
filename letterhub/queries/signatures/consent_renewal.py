"""Signatures to ask again: those with old consent, and unconfirmed ones to remind."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from letterhub.domain.letters.document import Signatory
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.operations.retention import REMINDER_AGES
from letterhub.domain.signatures.consent import can_ask_again, stale_before
from letterhub.domain.signatures.signing import Source
from letterhub.domain.states import ACTIVE_STATES, LetterState, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, OutboxMessage, Signature, SubmissionOrigin, is_listed, is_queued


@dataclass(frozen=True, slots=True)
class OldConsent:
    """Signature whose consent is old; `requested_at` is the last request to renew, None if there was none."""

    id: int
    name: str
    email: str
    confirmed_at: dt.datetime
    requested_at: dt.datetime | None
    is_askable: bool


@dataclass(frozen=True, slots=True)
class OldConsents:
    """Old consents of a letter, oldest first; older than `days` counts as old."""

    days: int
    consents: tuple[OldConsent, ...]

    @property
    def askable(self) -> tuple[OldConsent, ...]:
        """Return those whose signatories may be asked now."""
        return tuple(consent for consent in self.consents if consent.is_askable)


def old_consents(letter_id: int, at: dt.datetime) -> OldConsents:
    """Return the signatures of a letter whose consent is too old at a moment."""
    days = db.session.scalars(select(Letter.consent_days).where(Letter.id == letter_id)).one()
    rows = db.session.execute(
        select(*_COLUMNS)
        .where(Signature.letter_id == letter_id, Signature.state.in_(ACTIVE_STATES))
        .where(Signature.confirmed_at < stale_before(days, at))
        .order_by(Signature.confirmed_at, Signature.id)
    ).all()
    request_times = _request_times(letter_id) if rows else {}
    return OldConsents(days, tuple(_old_consent(row, request_times.get(row.id, []), at) for row in rows))


@dataclass(frozen=True, slots=True)
class OldConsentCount:
    """Number of a letter's consents that are older than `days`, which counts as old."""

    days: int
    count: int


def count_old_consents(letter_id: int, at: dt.datetime) -> OldConsentCount:
    """Return how many `old_consents` a letter has. None can be older than the letter is open."""
    days, opened_at = db.session.execute(select(Letter.consent_days, Letter.opened_at).where(Letter.id == letter_id)).one()
    limit = stale_before(days, at)
    if opened_at is not None and opened_at >= limit:
        return OldConsentCount(days, 0)
    old = select(func.count()).where(Signature.letter_id == letter_id, Signature.confirmed_at < limit)
    return OldConsentCount(days, sum(db.session.scalar(old.where(state)) or 0 for state in (is_listed(), is_queued())))


_COLUMNS = (
    Signature.id, Signature.kind, Signature.organization_name, Signature.signer_name, Signature.email, Signature.confirmed_at,
)  # fmt: skip


def _old_consent(row: Any, request_times: list[dt.datetime], at: dt.datetime) -> OldConsent:
    """Return the old consent of a row with `_COLUMNS`, and whether its signatory may be asked to renew it."""
    return OldConsent(
        id=row.id,
        name=Signatory(row.organization_name, row.signer_name, kind=row.kind).name,
        email=row.email,
        confirmed_at=row.confirmed_at,
        requested_at=max(request_times, default=None),
        is_askable=bool(row.email) and can_ask_again(request_times, at),
    )


def _request_times(letter_id: int) -> dict[int | None, list[dt.datetime]]:
    """Return when each signature's signatory was asked, ignoring canceled mails."""
    rows = db.session.execute(
        select(OutboxMessage.signature_id, OutboxMessage.created_at).where(
            OutboxMessage.letter_id == letter_id,
            OutboxMessage.kind == MailKind.RENEW_CONSENT,
            OutboxMessage.cancelled_at.is_(None),
        )
    )
    times: dict[int | None, list[dt.datetime]] = defaultdict(list)
    for signature_id, at in rows:
        times[signature_id].append(at)
    return times


BATCH_SIZE = 200
REMINDER_PAUSE = REMINDER_AGES[0]


def letters_to_remind(at: dt.datetime) -> list[int]:
    """Return the ids of letters that can still be confirmed and have reminders due."""
    is_confirmable = Letter.state.in_((LetterState.OPEN, LetterState.CLOSED))
    query = select(Letter.id).where(is_confirmable, exists().where(Signature.letter_id == Letter.id, _is_reminder_due(at)))
    return list(db.session.scalars(query.order_by(Letter.id)))


def signatures_to_remind(letter_id: int, at: dt.datetime) -> list[Signature]:
    """Return a letter's signatures due for a reminder, locked; per mailbox and network only the newest.

    So a form sent from elsewhere with the same mailbox cannot suppress anyone's reminder.
    """
    newer = aliased(Signature)
    is_newest = ~exists().where(
        newer.letter_id == letter_id,
        newer.email == Signature.email,
        newer.id > Signature.id,
        newer.state == SignatureState.PENDING,
        _network_key(newer) == _network_key(Signature),
        _mail_count(newer).where(OutboxMessage.sent_at.is_not(None)).scalar_subquery() > 0,
    )
    query = select(Signature).where(Signature.letter_id == letter_id, _is_reminder_due(at), is_newest).order_by(Signature.id)
    return list(db.session.scalars(query.limit(BATCH_SIZE).with_for_update(of=Signature)))


def _is_reminder_due(at: dt.datetime) -> ColumnElement[bool]:
    """Return the condition for a due first or second reminder: unconfirmed, first mail sent, not from a flood."""
    first_due, second_due = (Signature.created_at <= at - age for age in REMINDER_AGES)
    mail_count = _mail_count(Signature)
    reminders = mail_count.where(OutboxMessage.kind == MailKind.REMIND).scalar_subquery()
    confirmations = mail_count.where(
        OutboxMessage.kind == MailKind.CONFIRM, OutboxMessage.sent_at.is_not(None)
    ).scalar_subquery()
    recent_mails = mail_count.where(OutboxMessage.created_at > at - REMINDER_PAUSE).scalar_subquery()
    return and_(
        Signature.state == SignatureState.PENDING,
        Signature.source == Source.FORM,
        Signature.from_flood.is_(False),
        or_(and_(first_due, reminders == 0), and_(second_due, reminders == 1)),
        confirmations > 0,
        recent_mails == 0,
    )


def _mail_count(signature: type[Signature]) -> Select[int]:
    """Return a select that counts the mails about a signature of the enclosing query; conditions may be added."""
    return (
        select(func.count()).select_from(OutboxMessage).where(OutboxMessage.signature_id == signature.id).correlate(signature)
    )


def _network_key(signature: type[Signature]) -> ColumnElement[str]:
    """Return a subquery for the hash of the network that a form came from; "" if unknown."""
    key = (
        select(SubmissionOrigin.network_hash)
        .where(SubmissionOrigin.signature_id == signature.id)
        .correlate(signature)
        .scalar_subquery()
    )
    return func.coalesce(key, "")
