"""Reminders: letters with unconfirmed signatures to remind of, and these signatures."""

import datetime as dt

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.operations.retention import REMINDER_AGES
from letterhub.domain.signatures.signing import Source
from letterhub.domain.states import LetterState, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, OutboxMessage, Signature, SubmissionOrigin

BATCH_SIZE = 200
REMINDER_PAUSE = REMINDER_AGES[0]


def letters_to_remind(at: dt.datetime) -> list[int]:
    """Return the ids of letters that can still be confirmed and have reminders due."""
    at_work = Letter.state.in_((LetterState.OPEN, LetterState.CLOSED))
    found = select(Letter.id).where(at_work, exists().where(Signature.letter_id == Letter.id, _reminder_due(at)))
    return list(db.session.scalars(found.order_by(Letter.id)))


def signatures_to_remind(letter_id: int, at: dt.datetime) -> list[Signature]:
    """Return a letter's signatures due for a reminder, locked; per mailbox and network only the newest.

    So a form sent from elsewhere with the same mailbox cannot suppress anyone's reminder.
    """
    newer = aliased(Signature)
    newest = ~exists().where(
        newer.letter_id == letter_id,
        newer.email == Signature.email,
        newer.id > Signature.id,
        newer.state == SignatureState.PENDING,
        _network_key(newer) == _network_key(Signature),
        _mail_count(newer).where(OutboxMessage.sent_at.is_not(None)).scalar_subquery() > 0,
    )
    found = select(Signature).where(Signature.letter_id == letter_id, _reminder_due(at), newest).order_by(Signature.id)
    return list(db.session.scalars(found.limit(BATCH_SIZE).with_for_update(of=Signature)))


def _reminder_due(at: dt.datetime) -> ColumnElement[bool]:
    """Return the condition for a due first or second reminder: unconfirmed, first mail sent, not from a flood."""
    first, second = (Signature.created_at <= at - age for age in REMINDER_AGES)
    mails = _mail_count(Signature)
    reminders = mails.where(OutboxMessage.kind == MailKind.REMIND).scalar_subquery()
    asked = mails.where(OutboxMessage.kind == MailKind.CONFIRM, OutboxMessage.sent_at.is_not(None)).scalar_subquery()
    lately = mails.where(OutboxMessage.created_at > at - REMINDER_PAUSE).scalar_subquery()
    return and_(
        Signature.state == SignatureState.PENDING,
        Signature.source == Source.FORM,
        Signature.from_flood.is_(False),
        or_(and_(first, reminders == 0), and_(second, reminders == 1)),
        asked > 0,
        lately == 0,
    )


def _mail_count(signature: type[Signature]) -> Select[int]:
    return (
        select(func.count()).select_from(OutboxMessage).where(OutboxMessage.signature_id == signature.id).correlate(signature)
    )


def _network_key(signature: type[Signature]) -> ColumnElement[str]:
    key = (
        select(SubmissionOrigin.network_hash)
        .where(SubmissionOrigin.signature_id == signature.id)
        .correlate(signature)
        .scalar_subquery()
    )
    return func.coalesce(key, "")
