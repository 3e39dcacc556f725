"""Consent renewal: signatures with old consent, and which signatories may be asked now."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.signatures.consent import can_ask_again, stale_before
from letterhub.domain.states import ACTIVE_STATES
from letterhub.infrastructure.db import db
from letterhub.models import Letter, OutboxMessage, Signature, is_listed, is_queued


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
