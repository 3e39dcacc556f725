"""News of letters for staff: what happened in a span of time, by coalition, letter and topic, in one statement."""

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
from letterhub.models import Edition, EditionFile, Letter, MailSuppression, OutboxMessage, Signature, StaffNotice

MAX_CHANGES = 20
DAY = dt.timedelta(days=1)


News = Select[*tuple[Any, ...]]
"""Statement for the news of a topic, with the columns of a NewsItem."""


@dataclass(frozen=True, slots=True)
class Span:
    """Span of time: after `since`, up to and with `until`."""

    since: dt.datetime
    until: dt.datetime

    def has(self, column: Any) -> ColumnElement[bool]:
        """Return the condition that a column's time is within it."""
        return and_(column > self.since, column <= self.until)


@dataclass(frozen=True, slots=True)
class NewsItem:
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


def news_items(span: Span, topics: Collection[NoticeTopic], coalition_id: int | None = None) -> tuple[NewsItem, ...]:
    """Return the news about some topics, of one coalition or of all."""
    if not topics:
        return ()
    selects: list[News] = []
    for topic in NoticeTopic:
        if topic in topics:
            query = _SELECTS[topic](span)
            if coalition_id is not None:
                column = OutboxMessage.coalition_id if topic is NoticeTopic.BOUNCES else Letter.coalition_id
                query = query.where(column == coalition_id)
            selects.append(query)
    rows = db.session.execute(union_all(*selects)).all()
    return tuple(NewsItem(row[0], row[1], NoticeTopic(row[2]), row[3]) for row in rows)


def changes_of_names(span: Span, coalition_id: int) -> tuple[ChangeOfName, ...]:
    """Return the unacknowledged changes of names, newest first, at most MAX_CHANGES."""
    query = select(StaffNotice).join(Letter, Letter.id == StaffNotice.letter_id).where(Letter.coalition_id == coalition_id)
    query = query.where(span.has(StaffNotice.created_at), StaffNotice.acknowledged_at.is_(None))
    rows = db.session.scalars(query.order_by(StaffNotice.id.desc()).limit(MAX_CHANGES))
    return tuple(ChangeOfName(row.letter_id, row.signature_id, row.event, row.name, row.created_at) for row in rows)


def _of_letters(topic: NoticeTopic) -> News:
    """Return a select of a topic's news by letter."""
    columns = Letter.coalition_id, Letter.id
    return select(*columns, literal(str(topic)), func.count().label("news")).group_by(*columns)


_IS_OF_LETTER = Signature.letter_id == Letter.id + 0  # "+ 0": letter by letter, as the index on confirmation times is


def _signatures(span: Span) -> News:
    query = _of_letters(NoticeTopic.SIGNATURES).join(Signature, _IS_OF_LETTER)
    return query.where(span.has(Signature.confirmed_at), Signature.source == Source.FORM)


def _waiting(span: Span) -> News:
    query = _of_letters(NoticeTopic.WAITING).join(Signature, _IS_OF_LETTER)
    return query.where(span.has(Signature.confirmed_at), Signature.state == SignatureState.CONFIRMED)


def _changes(span: Span) -> News:
    query = _of_letters(NoticeTopic.CHANGES).join(StaffNotice, StaffNotice.letter_id == Letter.id)
    return query.where(span.has(StaffNotice.created_at), StaffNotice.acknowledged_at.is_(None))


def _bounces(span: Span) -> News:
    columns = OutboxMessage.coalition_id, OutboxMessage.letter_id
    query = select(*columns, literal(str(NoticeTopic.BOUNCES)), func.count().label("news")).group_by(*columns)
    return query.where(span.has(OutboxMessage.failed_at), OutboxMessage.coalition_id.is_not(None))


def _alarms(span: Span) -> News:
    """Return a select of the letters with names from floods, or signatures that their mailbox disowned."""
    disowned = select(MailSuppression.letter_id).where(
        MailSuppression.letter_id == Letter.id, MailSuppression.reason == SuppressionReason.DISOWNED,
        span.has(MailSuppression.suppressed_at),
    )  # fmt: skip
    flooded = select(Signature.letter_id).where(
        Signature.letter_id == Letter.id, Signature.from_flood, span.has(Signature.created_at)
    )
    return _of_letters(NoticeTopic.ALARMS).where(disowned.exists() | flooded.exists())


def _deadline_tomorrow(span: Span) -> News:
    is_due = Span(span.since + DAY, span.until + DAY).has(Letter.deadline_at)
    return _of_letters(NoticeTopic.DEADLINE_TOMORROW).where(is_due, Letter.state == LetterState.OPEN)


def _deadline_passed(span: Span) -> News:
    is_due = span.has(Letter.deadline_at)
    return _of_letters(NoticeTopic.DEADLINE_PASSED).where(is_due, Letter.state.in_((LetterState.OPEN, LetterState.CLOSED)))


def _edition_ready(span: Span) -> News:
    """Return a select of the letters with an edition whose last file was finished."""
    unfinished = (JobState.WAITING, JobState.RUNNING)
    finished = select(EditionFile.edition_id).where(span.has(EditionFile.finished_at))
    remaining = select(EditionFile.edition_id).where(EditionFile.edition_id == Edition.id, EditionFile.state.in_(unfinished))
    query = _of_letters(NoticeTopic.EDITION_READY).join(Edition, Edition.letter_id == Letter.id)
    return query.where(Edition.id.in_(finished), ~remaining.exists())


_SELECTS = {
    NoticeTopic.SIGNATURES: _signatures,
    NoticeTopic.WAITING: _waiting,
    NoticeTopic.CHANGES: _changes,
    NoticeTopic.BOUNCES: _bounces,
    NoticeTopic.ALARMS: _alarms,
    NoticeTopic.DEADLINE_TOMORROW: _deadline_tomorrow,
    NoticeTopic.DEADLINE_PASSED: _deadline_passed,
    NoticeTopic.EDITION_READY: _edition_ready,
}
