"""Messages to signatories: those that were sent, with what became of their emails."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Integer, case, func, or_, select

from letterhub.domain.mail.outgoing_mail import MailKind, MailState
from letterhub.infrastructure.db import db
from letterhub.models import OutboxMessage, SignatoryMessage, Staff
from letterhub.queries.paging import fetch_page

MESSAGES_A_PAGE = 20


@dataclass(frozen=True, slots=True)
class SentMessage:
    """Message as staff see it: its words, and the numbers of its emails by state; `left_out` counts who got none by reason."""

    id: int
    subject: str
    text: str
    sender_name: str
    recipients: int
    left_out: Mapping[str, int]
    sent_at: dt.datetime
    sent_by: str
    emails: Mapping[MailState, int]


@dataclass(frozen=True, slots=True)
class MessagesPage:
    """Page of sent messages, newest first."""

    messages: tuple[SentMessage, ...]
    total: int
    page: int
    has_next: bool


def message_of_day(letter_id: int, day: dt.date, zone: str) -> bool:
    """Return whether the signatories of a letter got a message on this day in its zone, by the zone of now or of then: another
    zone of the letter makes no second day."""
    begins_at = dt.datetime.combine(day, dt.time(), ZoneInfo(zone)).astimezone(dt.UTC)
    of_day = or_(SignatoryMessage.sent_on == day, SignatoryMessage.sent_at >= begins_at)
    query = select(SignatoryMessage.id).where(SignatoryMessage.letter_id == letter_id, of_day)
    return db.session.scalar(query.limit(1)) is not None


def sent_messages(letter_id: int, page: int) -> MessagesPage:
    """Return a page of the messages to a letter's signatories."""
    query = (
        select(SignatoryMessage, Staff.name)
        .outerjoin(Staff, Staff.id == SignatoryMessage.sent_by_id)
        .where(SignatoryMessage.letter_id == letter_id)
        .order_by(SignatoryMessage.id.desc())
    )
    found = fetch_page(query, page, MESSAGES_A_PAGE)
    emails = _emails_by_state(letter_id) if found.rows else {}
    messages = tuple(
        SentMessage(
            row.id, row.subject, row.text, row.sender_name, row.recipients, row.left_out, row.sent_at, name or "",
            emails.get(row.id, {}),
        )
        for row, name in map(tuple, found.rows)
    )  # fmt: skip
    return MessagesPage(messages, found.total, found.page, found.has_next)


def _emails_by_state(letter_id: int) -> dict[int, dict[MailState, int]]:
    """Return how many emails of each message of a letter are in each state; an erased one belongs to none."""
    state: Any = case(
        (OutboxMessage.sent_at.is_not(None), MailState.SENT), (OutboxMessage.cancelled_at.is_not(None), MailState.CANCELLED),
        (OutboxMessage.failed_at.is_not(None), MailState.FAILED), else_=MailState.WAITING,
    )  # fmt: skip
    number = OutboxMessage.parameters["message_id"].as_integer().cast(Integer)
    query = (
        select(number, state, func.count())
        .where(OutboxMessage.letter_id == letter_id, OutboxMessage.kind == MailKind.MESSAGE)
        .group_by(number, state)
    )
    counts: dict[int, dict[MailState, int]] = {}
    for message_id, name, count in db.session.execute(query):
        counts.setdefault(message_id or 0, {})[MailState(name)] = count
    return counts
