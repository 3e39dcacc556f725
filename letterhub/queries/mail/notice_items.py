"""Items of notices to staff: what happened in a span of time, by coalition, letter and topic, in one statement."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, select, union_all

from letterhub.domain.mail.notices import NoticeTopic
from letterhub.domain.mail.outgoing_mail import SuppressionReason
from letterhub.domain.operations.render_jobs import JobState
from letterhub.domain.signatures.review import SignatureEvent
from letterhub.domain.signatures.signing import Source
from letterhub.domain.states import LetterState, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Edition, EditionFile, Letter, MailSuppression, OutboxMessage, Reply, Signature, SignatureAlert

MAX_CHANGES = 20
DAY = dt.timedelta(days=1)


ItemSelect = Select[*tuple[Any, ...]]
"""Statement for the items of a topic, with the columns of a NoticeItem."""


@dataclass(frozen=True, slots=True)
class Span:
    """Span of time: after `since`, up to and with `until`."""

    since: dt.datetime
    until: dt.datetime

    def has(self, column: Any) -> ColumnElement[bool]:
        """Return the condition that a column's time is within it."""
        return and_(column > self.since, column <= self.until)


@dataclass(frozen=True, slots=True)
class NoticeItem:
    """Count of what happened under a topic; `letter_id` is None for email about no letter."""

    coalition_id: int
    letter_id: int | None
    topic: NoticeTopic
    count: int


@dataclass(frozen=True, slots=True)
class ChangeOfName:
    """Change of a published or seconded name that staff have not acknowledged; `name` is "" for an individual."""

    letter_id: int
    signature_id: int
    event: SignatureEvent
    name: str
    at: dt.datetime


def notice_items(span: Span, topics: Collection[NoticeTopic], coalition_id: int | None = None) -> tuple[NoticeItem, ...]:
    """Return the items of some topics, of one coalition or of all."""
    if not topics:
        return ()
    selects: list[ItemSelect] = []
    for topic in NoticeTopic:
        if topic in topics:
            query = _SELECTS[topic](span)
            if coalition_id is not None:
                column = OutboxMessage.coalition_id if topic is NoticeTopic.BOUNCES else Letter.coalition_id
                query = query.where(column == coalition_id)
            selects.append(query)
    rows = db.session.execute(union_all(*selects)).all()
    return tuple(NoticeItem(row[0], row[1], NoticeTopic(row[2]), row[3]) for row in rows)


def changes_of_names(span: Span, coalition_id: int) -> tuple[ChangeOfName, ...]:
    """Return the unacknowledged changes of names, newest first, at most MAX_CHANGES."""
    query = (
        select(SignatureAlert).join(Letter, Letter.id == SignatureAlert.letter_id).where(Letter.coalition_id == coalition_id)
    )
    query = query.where(span.has(SignatureAlert.created_at), SignatureAlert.acknowledged_at.is_(None))
    rows = db.session.scalars(query.order_by(SignatureAlert.id.desc()).limit(MAX_CHANGES))
    return tuple(ChangeOfName(row.letter_id, row.signature_id, row.event, row.name, row.created_at) for row in rows)


def _of_letters(topic: NoticeTopic) -> ItemSelect:
    """Return a select of a topic's items by letter."""
    columns = Letter.coalition_id, Letter.id
    return select(*columns, literal(str(topic)), func.count().label("number")).group_by(*columns)


_IS_OF_LETTER = Signature.letter_id == Letter.id + 0  # "+ 0": letter by letter, as the index on confirmation times is


def _signatures(span: Span) -> ItemSelect:
    query = _of_letters(NoticeTopic.SIGNATURES).join(Signature, _IS_OF_LETTER)
    return query.where(span.has(Signature.confirmed_at), Signature.source == Source.FORM)


def _waiting(span: Span) -> ItemSelect:
    query = _of_letters(NoticeTopic.WAITING).join(Signature, _IS_OF_LETTER)
    return query.where(span.has(Signature.confirmed_at), Signature.state == SignatureState.CONFIRMED)


def _changes(span: Span) -> ItemSelect:
    query = _of_letters(NoticeTopic.CHANGES).join(SignatureAlert, SignatureAlert.letter_id == Letter.id)
    return query.where(span.has(SignatureAlert.created_at), SignatureAlert.acknowledged_at.is_(None))


def _bounces(span: Span) -> ItemSelect:
    columns = OutboxMessage.coalition_id, OutboxMessage.letter_id
    query = select(*columns, literal(str(NoticeTopic.BOUNCES)), func.count().label("number")).group_by(*columns)
    return query.where(span.has(OutboxMessage.failed_at), OutboxMessage.coalition_id.is_not(None))


def _alerts(span: Span) -> ItemSelect:
    """Return a select of the letters with names from floods, or signatures that their mailbox disowned."""
    disowned = select(MailSuppression.letter_id).where(
        MailSuppression.letter_id == Letter.id, MailSuppression.reason == SuppressionReason.DISOWNED,
        span.has(MailSuppression.suppressed_at),
    )  # fmt: skip
    flooded = select(Signature.letter_id).where(
        Signature.letter_id == Letter.id, Signature.from_flood, span.has(Signature.created_at)
    )
    return _of_letters(NoticeTopic.ALERTS).where(disowned.exists() | flooded.exists())


def _deadline_tomorrow(span: Span) -> ItemSelect:
    is_due = Span(span.since + DAY, span.until + DAY).has(Letter.deadline_at)
    return _of_letters(NoticeTopic.DEADLINE_TOMORROW).where(is_due, Letter.state == LetterState.OPEN)


def _deadline_passed(span: Span) -> ItemSelect:
    is_due = span.has(Letter.deadline_at)
    return _of_letters(NoticeTopic.DEADLINE_PASSED).where(is_due, Letter.state.in_((LetterState.OPEN, LetterState.CLOSED)))


def _edition_ready(span: Span) -> ItemSelect:
    """Return a select of the letters with an edition whose last file was finished."""
    unfinished = (JobState.WAITING, JobState.RUNNING)
    finished = select(EditionFile.edition_id).where(span.has(EditionFile.finished_at))
    remaining = select(EditionFile.edition_id).where(EditionFile.edition_id == Edition.id, EditionFile.state.in_(unfinished))
    query = _of_letters(NoticeTopic.EDITION_READY).join(Edition, Edition.letter_id == Letter.id)
    return query.where(Edition.id.in_(finished), ~remaining.exists())


def _reply(span: Span) -> ItemSelect:
    query = _of_letters(NoticeTopic.REPLY).join(Reply, Reply.letter_id == Letter.id)
    return query.where(span.has(Reply.recorded_at), Reply.retracted_at.is_(None))


_SELECTS = {
    NoticeTopic.SIGNATURES: _signatures,
    NoticeTopic.WAITING: _waiting,
    NoticeTopic.CHANGES: _changes,
    NoticeTopic.BOUNCES: _bounces,
    NoticeTopic.ALERTS: _alerts,
    NoticeTopic.DEADLINE_TOMORROW: _deadline_tomorrow,
    NoticeTopic.DEADLINE_PASSED: _deadline_passed,
    NoticeTopic.EDITION_READY: _edition_ready,
    NoticeTopic.REPLY: _reply,
}
