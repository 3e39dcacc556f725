"""Reminders: letters with unconfirmed signatures to remind of, and these signatures."""

import datetime as dt

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.operations.retention import REMIND_AFTER
from letterhub.domain.signatures.signing import Source
from letterhub.domain.states import LetterState, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, OutboxLine, Signature, Trace

AT_ONCE = 200
PAUSE = REMIND_AFTER[0]


def letters_to_remind(at: dt.datetime) -> list[int]:
    """Return the ids of letters that can still be confirmed and have reminders due."""
    at_work = Letter.state.in_((LetterState.OPEN, LetterState.CLOSED))
    found = select(Letter.id).where(at_work, exists().where(Signature.letter_id == Letter.id, _due(at)))
    return list(db.session.scalars(found.order_by(Letter.id)))


def to_remind(letter_id: int, at: dt.datetime) -> list[Signature]:
    """Return a letter's signatures due for a reminder, locked; per mailbox and network only the newest.

    So a form sent from elsewhere with the same mailbox cannot suppress anyone's reminder.
    """
    newer = aliased(Signature)
    newest = ~exists().where(
        newer.letter_id == letter_id,
        newer.email == Signature.email,
        newer.id > Signature.id,
        newer.state == SignatureState.PENDING,
        _network_of(newer) == _network_of(Signature),
        _mails_of(newer).where(OutboxLine.sent_at.is_not(None)).scalar_subquery() > 0,
    )
    found = select(Signature).where(Signature.letter_id == letter_id, _due(at), newest).order_by(Signature.id)
    return list(db.session.scalars(found.limit(AT_ONCE).with_for_update(of=Signature)))


def _due(at: dt.datetime) -> ColumnElement[bool]:
    """Return the condition for a due first or second reminder: unconfirmed, first mail sent, not from a flood."""
    first, second = (Signature.created_at <= at - age for age in REMIND_AFTER)
    mails = _mails_of(Signature)
    reminders = mails.where(OutboxLine.kind == MailKind.REMIND).scalar_subquery()
    asked = mails.where(OutboxLine.kind == MailKind.CONFIRM, OutboxLine.sent_at.is_not(None)).scalar_subquery()
    lately = mails.where(OutboxLine.created_at > at - PAUSE).scalar_subquery()
    return and_(
        Signature.state == SignatureState.PENDING,
        Signature.source == Source.FORM,
        Signature.from_flood.is_(False),
        or_(and_(first, reminders == 0), and_(second, reminders == 1)),
        asked > 0,
        lately == 0,
    )


def _mails_of(signature: type[Signature]) -> Select[int]:
    return select(func.count()).select_from(OutboxLine).where(OutboxLine.signature_id == signature.id).correlate(signature)


def _network_of(signature: type[Signature]) -> ColumnElement[str]:
    key = select(Trace.network_key).where(Trace.signature_id == signature.id).correlate(signature).scalar_subquery()
    return func.coalesce(key, "")
