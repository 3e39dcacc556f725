"""Outbox: mail that is due, and the state of each mail of a coalition."""

import datetime as dt
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import BindParameter, ColumnElement, ScalarSelect, and_, bindparam, case, exists, func, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, aliased

from letterhub.domain.mail.outgoing_mail import MailKind, MailState, Precedence
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import DeliveryRecipient, OutboxMessage, Signature
from letterhub.queries.paging import COUNTED, count_rows

T = TypeVar("T")

PAGE_SIZE = 50
FEW_STATES = (MailState.WAITING, MailState.FAILED, MailState.CANCELLED)
"""States with an index of their own, as few mails have them."""

WAITING_CONDITION = and_(
    OutboxMessage.sent_at.is_(None), OutboxMessage.failed_at.is_(None), OutboxMessage.cancelled_at.is_(None)
)
STATE_CONDITIONS: dict[MailState, ColumnElement[bool]] = {
    MailState.WAITING: WAITING_CONDITION,
    MailState.SENT: OutboxMessage.sent_at.is_not(None),
    MailState.FAILED: and_(OutboxMessage.failed_at.is_not(None), OutboxMessage.sent_at.is_(None)),
    MailState.CANCELLED: OutboxMessage.cancelled_at.is_not(None),
}


_ENDED_STATES = (SignatureState.WITHDRAWN, SignatureState.DECLINED, SignatureState.EXPIRED)


@dataclass(frozen=True, slots=True)
class OutboxMail:
    """Mail as staff see it; `signature_name` is the signature's name. While it waits, `state_since` is the next attempt."""

    id: int
    kind: MailKind
    recipient: str
    signature_name: str
    state: MailState
    posted_at: dt.datetime
    state_since: dt.datetime
    attempts: int
    error: str


@dataclass(frozen=True, slots=True)
class MailPage:
    """Page of mails, newest first. `older_than` is the cursor of the next page, None on the last one."""

    mails: tuple[OutboxMail, ...]
    older_than: int | None


def unresolved_failure(letter_id: int) -> ColumnElement[bool]:
    """Return the condition for mail of a letter that failed for good and still concerns staff: no invitation, as invitations
    have a page of their own, nothing that was sent again since, and nothing for a signature that has ended."""
    later = aliased(OutboxMessage)
    was_sent_again = exists().where(
        later.signature_id == OutboxMessage.signature_id, later.kind == OutboxMessage.kind, later.id > OutboxMessage.id
    )
    of_signature = Signature.id == OutboxMessage.signature_id
    has_ended = exists().where(of_signature, Signature.state.in_(_ENDED_STATES)).correlate(OutboxMessage)
    of_recipient = exists().where(DeliveryRecipient.outbox_id == OutboxMessage.id)
    return and_(
        OutboxMessage.letter_id == letter_id, STATE_CONDITIONS[MailState.FAILED], OutboxMessage.kind != MailKind.INVITE,
        ~was_sent_again, ~has_ended, or_(OutboxMessage.kind != MailKind.DELIVERY, of_recipient),
    )  # fmt: skip


def count_unresolved_failures(letter_id: int) -> int:
    """Return how many emails of a letter failed for good and still concern staff."""
    return db.session.scalar(select(func.count()).select_from(OutboxMessage).where(unresolved_failure(letter_id))) or 0


def due_condition(at: dt.datetime | BindParameter[dt.datetime]) -> ColumnElement[bool]:
    """Return the condition for a row that a worker may claim: waiting, due, and not leased."""
    is_unleased = or_(OutboxMessage.lease_until.is_(None), OutboxMessage.lease_until <= at)
    return and_(WAITING_CONDITION, OutboxMessage.due_at <= at, is_unleased)


_AT: BindParameter[dt.datetime] = bindparam("at")


def _longest_due_column(column: InstrumentedAttribute[T], precedence: Precedence) -> ScalarSelect[T]:
    """Return a subquery for a column of the longest-due row of one precedence: the first one in the index."""
    query = select(column).where(OutboxMessage.precedence == precedence, due_condition(_AT))
    return query.order_by(OutboxMessage.due_at, OutboxMessage.id).limit(1).scalar_subquery()


_NEXT_DUE = select(func.coalesce(*(_longest_due_column(OutboxMessage.id, precedence) for precedence in Precedence)))
_OLDEST_DUE = union_all(
    *(select(_longest_due_column(OutboxMessage.due_at, precedence).label("due_at")) for precedence in Precedence)
).subquery()
_LATE_SINCE = select(func.min(_OLDEST_DUE.c.due_at))


def next_due_id(at: dt.datetime) -> int | None:
    """Return the id of the next row to send: the longest due one of the highest precedence; None if none is due."""
    return db.session.scalar(_NEXT_DUE, {"at": at})


def oldest_due_at(at: dt.datetime) -> dt.datetime | None:
    """Return the due time of the mail that has been due the longest, of any precedence; None if no mail is due."""
    since: dt.datetime | None = db.session.scalar(_LATE_SINCE, {"at": at})
    return since


def outbox_page(
    coalition_id: int | None,
    *,
    state: MailState | None = None,
    recipient: str = "",
    older_than: int | None = None,
    failing_letter_id: int | None = None,
) -> MailPage:
    """Return a page of a coalition's mails that meet all filters; of the whole site's, for the operator, if it is None.
    `failing_letter_id` filters the unresolved failures of a letter."""
    name = case((Signature.organization_name != "", Signature.organization_name), else_=Signature.signer_name)
    query = select(OutboxMessage, func.coalesce(name, "")).outerjoin(Signature, Signature.id == OutboxMessage.signature_id)
    if coalition_id is not None:
        query = query.where(_is_of_coalition(coalition_id, state))
    if state is not None:
        query = query.where(STATE_CONDITIONS[state])
    if failing_letter_id is not None:
        query = query.where(unresolved_failure(failing_letter_id))
    if recipient:
        query = query.where(OutboxMessage.recipient.icontains(recipient, autoescape=True))
    if older_than is not None:
        query = query.where(OutboxMessage.id < older_than)
    newest_first = (OutboxMessage.id + 0).desc() if state in FEW_STATES else OutboxMessage.id.desc()  # "+ 0": not by its index
    rows = db.session.execute(query.order_by(newest_first).limit(PAGE_SIZE + 1)).all()
    mails = tuple(_outbox_mail(message, signature_name) for message, signature_name in rows[:PAGE_SIZE])
    return MailPage(mails, mails[-1].id if len(rows) > PAGE_SIZE else None)


def is_coalition_mail(coalition_id: int, outbox_message_id: int) -> bool:
    """Return whether a mail belongs to a coalition."""
    query = select(OutboxMessage.id).where(OutboxMessage.id == outbox_message_id, OutboxMessage.coalition_id == coalition_id)
    return db.session.scalar(query) is not None


def _outbox_mail(message: OutboxMessage, signature_name: str) -> OutboxMail:
    """Return a mail as staff see it."""
    state_since = message.sent_at or message.cancelled_at or message.failed_at or message.due_at
    return OutboxMail(
        message.id, MailKind(message.kind), message.recipient, signature_name, message.state, message.created_at,
        state_since, message.attempts, message.error,
    )  # fmt: skip


def mail_counts(coalition_id: int) -> dict[MailState, int]:
    """Return how many mails of a coalition are in each state, COUNTED + 1 if there are more than COUNTED."""
    mails = {state: select(OutboxMessage.id).where(_is_of_coalition(coalition_id, state)) for state in STATE_CONDITIONS}
    return {state: count_rows(mails[state].where(condition), COUNTED) for state, condition in STATE_CONDITIONS.items()}


def _is_of_coalition(coalition_id: int, state: MailState | None) -> ColumnElement[bool]:
    """Return the condition that a mail is of a coalition. If few mails have the state, it keeps the database from using the
    index by coalition, so that it uses the one by state."""
    return OutboxMessage.coalition_id + 0 == coalition_id if state in FEW_STATES else OutboxMessage.coalition_id == coalition_id
