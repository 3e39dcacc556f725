"""Writing at once: what a page has missed, who else is there, and the sessions that are open."""

import datetime as dt
from typing import Any, NamedTuple

from sqlalchemy import bindparam, exists, select

from letterhub.domain.drafting.writing_sessions import PRESENT_FOR, TYPING_FOR
from letterhub.infrastructure.db import db, execute_core
from letterhub.models import Staff, WritingAuthor, WritingSession, WritingStep

_SESSION = select(WritingSession.key, WritingSession.version, WritingSession.folded_version).where(
    WritingSession.letter_id == bindparam("letter_id")
)
_STEPS = (
    select(WritingStep.step, WritingStep.client)
    .where(WritingStep.letter_id == bindparam("letter_id"), WritingStep.version > bindparam("version"))
    .order_by(WritingStep.version)
)
_PEOPLE = (
    select(
        WritingAuthor.client, WritingAuthor.staff_id, WritingAuthor.anchor, WritingAuthor.head, WritingAuthor.version,
        WritingAuthor.typed_at, Staff.name, Staff.email,
    )
    .join(Staff, Staff.id == WritingAuthor.staff_id)
    .where(
        WritingAuthor.letter_id == bindparam("letter_id"),
        WritingAuthor.client != bindparam("client"),
        WritingAuthor.last_at > bindparam("since"),
    )
    .order_by(WritingAuthor.client)
)  # fmt: skip


class Missed(NamedTuple):
    """Steps that a page doesn't have yet, up to `version`, the page that sent each, and the other pages that are open."""

    version: int
    steps: list[Any]
    clients: list[str]
    people: list[dict[str, Any]]


def missed_steps(letter_id: int, key: str, version: int, client: str, at: dt.datetime) -> Missed | None:
    """Return what a page with the document at `version` has missed; None if its session is over."""
    session = execute_core(_SESSION, {"letter_id": letter_id}).first()
    if session is None or session.key != key or not session.folded_version <= version <= session.version:
        return None
    steps, clients = [], []
    if version < session.version:
        for row in execute_core(_STEPS, {"letter_id": letter_id, "version": version}):
            steps.append(row.step)
            clients.append(row.client)
    others = execute_core(_PEOPLE, {"letter_id": letter_id, "client": client, "since": at - PRESENT_FOR})
    return Missed(version + len(steps), steps, clients, [_person(row, at) for row in others])


def _person(row: Any, at: dt.datetime) -> dict[str, Any]:
    is_typing = row.typed_at is not None and at - row.typed_at < TYPING_FOR
    return {
        "client": row.client, "number": row.staff_id, "name": row.name or row.email, "anchor": row.anchor, "head": row.head,
        "version": row.version, "typing": is_typing,
    }  # fmt: skip


def has_session(letter_id: int) -> bool:
    """Return whether somebody writes a draft on the sheet."""
    return bool(db.session.scalar(select(exists().where(WritingSession.letter_id == letter_id))))


def open_sessions() -> tuple[int, ...]:
    """Return the ids of the letters that have a session."""
    return tuple(db.session.scalars(select(WritingSession.letter_id).order_by(WritingSession.letter_id)))
