"""Reminders of unconfirmed signatures: which ones are due."""

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
