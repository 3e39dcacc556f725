"""Reads about the outbox: is there mail to send, and how each mail of a coalition stands."""

import datetime as dt
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import BindParameter, ColumnElement, ScalarSelect, Select, and_, bindparam, case, func, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from letterhub.db import db
from letterhub.domain.mails import MailKind, MailState, Precedence
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
    """A mail as staff see it; `about` is whose signature it is about. For a waiting one, `at` is when it is tried next."""

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
    """A page of mails, newest first. `older_than` is the id to go on from, None on the last page."""

    mails: tuple[PostedMail, ...]
    older_than: int | None


def due(at: dt.datetime | BindParameter[dt.datetime]) -> ColumnElement[bool]:
    """The condition of a line that a worker may take: it waits, its time has come, and no other worker has it."""
    free = or_(OutboxLine.lease_until.is_(None), OutboxLine.lease_until <= at)
    return and_(WAITING, OutboxLine.due_at <= at, free)


_AT: BindParameter[dt.datetime] = bindparam("at")


def _longest_due(told: InstrumentedAttribute[T], precedence: Precedence) -> ScalarSelect[T]:
    """What is asked of the line that is due longest among those of one precedence: the first one in the index."""
    lines = select(told).where(OutboxLine.precedence == precedence, due(_AT))
    return lines.order_by(OutboxLine.due_at, OutboxLine.id).limit(1).scalar_subquery()


_NEXT = select(func.coalesce(*(_longest_due(OutboxLine.id, one) for one in Precedence)))
_OLDEST = union_all(*(select(_longest_due(OutboxLine.due_at, one).label("due_at")) for one in Precedence)).subquery()
_LATE_SINCE = select(func.min(_OLDEST.c.due_at))


def next_due(at: dt.datetime) -> int | None:
    """The line whose turn it is: the one that is due longest, of those that go before the others where there are any."""
    return db.session.scalar(_NEXT, {"at": at})


def late_since(at: dt.datetime) -> dt.datetime | None:
    """Since when the line is due that is due longest, whatever goes before it."""
    since: dt.datetime | None = db.session.scalar(_LATE_SINCE, {"at": at})
    return since


def posted_mails(
    coalition_id: int | None, *, state: MailState | None = None, recipient: str = "", older_than: int | None = None
) -> MailPage:
    """Mails that were posted for a coalition; for the operator (None) those of the whole site."""
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
    """Whether a mail was posted for a coalition."""
    mine = select(OutboxLine.id).where(OutboxLine.id == line_id, OutboxLine.coalition_id == coalition_id)
    return db.session.scalar(mine) is not None


def _lines() -> Select[OutboxLine, str]:
    """Lines, each with whose signature it is about, "" where it is about none."""
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
    """How many mails of a coalition stand how."""
    counts = (func.count().filter(condition) for condition in STATES.values())
    row = db.session.execute(select(*counts).select_from(OutboxLine).where(OutboxLine.coalition_id == coalition_id)).one()
    return dict(zip(STATES, row, strict=True))
