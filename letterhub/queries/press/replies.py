"""Replies of a letter's recipients, as the public and as staff see them."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from letterhub.infrastructure.db import db
from letterhub.models import Letter, Reply, Staff


@dataclass(frozen=True, slots=True)
class PublicReply:
    """Reply as it stands under the letter: its text in paragraphs, and the name and size of its PDF, "" and 0 for none."""

    id: int
    sender: str
    received_on: dt.date
    paragraphs: tuple[str, ...]
    file_name: str
    file_size: int


@dataclass(frozen=True, slots=True)
class StaffReply:
    """Reply as staff see it, retracted ones too. `mailed_at` is None until it is emailed to the signatories."""

    id: int
    sender: str
    received_on: dt.date
    text: str
    file_name: str
    file_size: int
    version: int
    recorded_at: dt.datetime
    recorded_by: str
    mailed_at: dt.datetime | None
    mailed_count: int
    retracted_at: dt.datetime | None
    retract_reason: str


def public_replies(letter_id: int) -> tuple[PublicReply, ...]:
    """Return the replies that stand under a letter, the oldest first."""
    query = select(Reply).where(Reply.letter_id == letter_id, Reply.retracted_at.is_(None))
    return tuple(
        PublicReply(
            row.id, row.sender, row.received_on, tuple(filter(None, row.text.split("\n\n"))), row.file_name, row.file_size
        )
        for row in db.session.scalars(query.order_by(Reply.received_on, Reply.id))
    )


def public_reply_file(slug: str, reply_id: int) -> tuple[str, bytes, str] | None:
    """Return name, content and SHA-256 of a reply's PDF; None if it has none, or was retracted."""
    query = (
        select(Reply)
        .join(Letter, Letter.id == Reply.letter_id)
        .where(Letter.slug == slug, Reply.id == reply_id, Reply.retracted_at.is_(None))
    )
    row = db.session.scalar(query.options(undefer(Reply.content)))
    return (row.file_name, row.content, row.sha256) if row is not None and row.content is not None else None


def staff_replies(letter_id: int) -> tuple[StaffReply, ...]:
    """Return all replies to a letter, the newest first."""
    query = select(Reply, Staff.name).outerjoin(Staff, Staff.id == Reply.recorded_by_id).where(Reply.letter_id == letter_id)
    rows = db.session.execute(query.order_by(Reply.received_on.desc(), Reply.id.desc()))
    return tuple(_staff_reply(row, name) for row, name in rows)


def staff_reply(letter_id: int, reply_id: int) -> StaffReply | None:
    """Return a reply to a letter; None if the letter has none with this id."""
    return next((reply for reply in staff_replies(letter_id) if reply.id == reply_id), None)


def count_replies(letter_id: int) -> int:
    """Return how many replies stand under a letter."""
    query = select(func.count(Reply.id)).where(Reply.letter_id == letter_id, Reply.retracted_at.is_(None))
    return db.session.scalar(query) or 0


def _staff_reply(row: Reply, recorded_by: str | None) -> StaffReply:
    return StaffReply(
        id=row.id, sender=row.sender, received_on=row.received_on, text=row.text, file_name=row.file_name,
        file_size=row.file_size, version=row.version, recorded_at=row.recorded_at, recorded_by=recorded_by or "",
        mailed_at=row.mailed_at, mailed_count=row.mailed_count, retracted_at=row.retracted_at,
        retract_reason=row.retract_reason,
    )  # fmt: skip
