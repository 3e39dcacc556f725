"""Outbox: mail that is due, and the state of each mail of a coalition."""

import datetime as dt
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import BindParameter, ColumnElement, ScalarSelect, Select, and_, bindparam, case, func, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from letterhub.domain.mail.outgoing_mail import MailKind, MailState, Precedence
from letterhub.infrastructure.db import db
from letterhub.models import OutboxLine, Signature

T = TypeVar("T")

PAGE = 50

WAITING = and_(OutboxLine.sent_at.is_(None), OutboxLine.failed_at.is_(None), OutboxLine.cancelled_at.is_(None))
STATES: dict[MailState, ColumnElement[bool]] = {
    MailState.WAITING: WAITING,
    MailState.SENT: OutboxLine.sent_at.is_not(None),
    MailState.FAILED: and_(OutboxLine.failed_at.is_not(None), OutboxLine.sent_at.is_(None)),
    MailState.CANCELLED: OutboxLine.cancelled_at.is_not(None),
}


@dataclass(frozen=True, slots=True)
class PostedMail:
    """Mail as staff see it; `about` is the signature's name. While it waits, `at` is the next attempt."""

    id: int
    kind: MailKind
    recipient: str
    about: str
    state: MailState
    posted_at: dt.datetime
    at: dt.datetime
    attempts: int
    error: str


@dataclass(frozen=True, slots=True)
class MailPage:
    """Page of mails, newest first. `older_than` is the cursor of the next page, None on the last one."""

    mails: tuple[PostedMail, ...]
    older_than: int | None


def due(at: dt.datetime | BindParameter[dt.datetime]) -> ColumnElement[bool]:
    """Return the condition for a row that a worker may claim: waiting, due, and not leased."""
    free = or_(OutboxLine.lease_until.is_(None), OutboxLine.lease_until <= at)
    return and_(WAITING, OutboxLine.due_at <= at, free)


_AT: BindParameter[dt.datetime] = bindparam("at")


def _longest_due(told: InstrumentedAttribute[T], precedence: Precedence) -> ScalarSelect[T]:
    """Return a subquery for a column of the longest-due row of one precedence: the first one in the index."""
    lines = select(told).where(OutboxLine.precedence == precedence, due(_AT))
    return lines.order_by(OutboxLine.due_at, OutboxLine.id).limit(1).scalar_subquery()


_NEXT = select(func.coalesce(*(_longest_due(OutboxLine.id, one) for one in Precedence)))
_OLDEST = union_all(*(select(_longest_due(OutboxLine.due_at, one).label("due_at")) for one in Precedence)).subquery()
_LATE_SINCE = select(func.min(_OLDEST.c.due_at))


def next_due(at: dt.datetime) -> int | None:
    """Return the id of the next row to send: the longest due one of the highest precedence."""
    return db.session.scalar(_NEXT, {"at": at})


def late_since(at: dt.datetime) -> dt.datetime | None:
    """Return since when the longest-due mail is due, of any precedence; None if none is."""
    since: dt.datetime | None = db.session.scalar(_LATE_SINCE, {"at": at})
    return since


def posted_mails(
    coalition_id: int | None, *, state: MailState | None = None, recipient: str = "", older_than: int | None = None
) -> MailPage:
    """Return mails of a coalition, or for the operator (None) of the whole site."""
    query = _lines().order_by(OutboxLine.id.desc()).limit(PAGE + 1)
    if coalition_id is not None:
        query = query.where(OutboxLine.coalition_id == coalition_id)
    if state is not None:
        query = query.where(STATES[state])
    if recipient:
        query = query.where(OutboxLine.recipient.icontains(recipient, autoescape=True))
    if older_than is not None:
        query = query.where(OutboxLine.id < older_than)
    return _page(query)


def is_mail_of(coalition_id: int, line_id: int) -> bool:
    """Return whether a mail belongs to a coalition."""
    mine = select(OutboxLine.id).where(OutboxLine.id == line_id, OutboxLine.coalition_id == coalition_id)
    return db.session.scalar(mine) is not None


def _lines() -> Select[OutboxLine, str]:
    """Return a select of rows, each with its signature's name, "" if there is none."""
    name = case((Signature.organization_name != "", Signature.organization_name), else_=Signature.signer_name)
    return select(OutboxLine, func.coalesce(name, "")).outerjoin(Signature, Signature.id == OutboxLine.signature_id)


def _page(query: Select[OutboxLine, str]) -> MailPage:
    rows = db.session.execute(query).all()
    shown = rows[:PAGE]
    return MailPage(tuple(_mail(line, about) for line, about in shown), shown[-1][0].id if len(rows) > PAGE else None)


def _mail(line: OutboxLine, about: str) -> PostedMail:
    at = line.sent_at or line.cancelled_at or line.failed_at or line.due_at
    kind = MailKind(line.kind)
    return PostedMail(line.id, kind, line.recipient, about, line.state, line.created_at, at, line.attempts, line.error)


def mail_counts(coalition_id: int) -> dict[MailState, int]:
    """Return how many mails of a coalition are in each state."""
    counts = (func.count().filter(condition) for condition in STATES.values())
    row = db.session.execute(select(*counts).select_from(OutboxLine).where(OutboxLine.coalition_id == coalition_id)).one()
    return dict(zip(STATES, row, strict=True))
