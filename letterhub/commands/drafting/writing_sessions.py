"""Writing a draft at once: pages join its session and send steps; the worker ends it.

See docs/design/letters/writing-together.md.
"""

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select

from letterhub.commands.drafting._session_text import cache_document, lock_session, session_document
from letterhub.commands.letters._shared_steps import check_text_editable, lock_letter_and_draft
from letterhub.domain.drafting.writing_sessions import (
    ENDS_AFTER,
    FOLDED_AFTER,
    PRESENT_FOR,
    SentSteps,
    SessionEnded,
    StepsMissed,
)
from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.serialization import text_from_facts
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Letter, WritingAuthor, WritingSession, WritingStep
from letterhub.rendering.editor.steps import take_steps

if TYPE_CHECKING:
    from prosemirror.model import Node


@dataclass(frozen=True, slots=True)
class JoinedSession:
    """Session as a page that joins it gets it: its document, and the Markdown of that."""

    key: str
    version: int
    document: dict[str, Any]
    body: str
    draft_version: int


@one_transaction
def join_session(
    letter_id: int, client: str, document: dict[str, Any] | None, draft_version: int, *, staff_id: int, at: dt.datetime
) -> JoinedSession:
    """Let a page write in a draft's session; begin one with `document`, which is the draft's text at `draft_version`.

    Raises SessionEnded if the text changed meanwhile, and TextIsLocked.
    """
    letter, draft = lock_letter_and_draft(letter_id)
    check_text_editable(letter)
    session = lock_session(letter_id)
    if session is None:
        if document is None or draft.version != draft_version:
            raise SessionEnded
        session = WritingSession(letter_id=letter_id, key=secrets.token_hex(16), document=document)
        db.session.add(session)
        db.session.flush()
    _see_author(letter_id, SentSteps(session.key, client, session.version, [], 0, 0), staff_id, at)
    body = text_from_facts(draft.text).body
    return JoinedSession(session.key, session.version, dict(session_document(session).to_json()), body, draft.version)


def send_steps(letter_id: int, sent: SentSteps, *, staff_id: int, at: dt.datetime) -> int:
    """Take steps of a page into its session's document; return the version that they led to.

    Sent again after an answer was lost, they are missed steps like those of others. Raises SessionEnded, StepsMissed,
    TextIsLocked, and InvalidDocument for steps that the editor could not have made.
    """
    version, node = _take(letter_id, sent, staff_id, at)
    if node is not None:
        cache_document(sent.key, version, node)
    return version


@one_transaction
def _take(letter_id: int, sent: SentSteps, staff_id: int, at: dt.datetime) -> tuple[int, "Node | None"]:
    session = lock_session(letter_id) if sent.steps else db.session.get(WritingSession, letter_id)
    if session is None or session.key != sent.key:
        raise SessionEnded
    _see_author(letter_id, sent, staff_id, at)
    if not sent.steps:
        return sent.version, None
    check_text_editable(db.session.get_one(Letter, letter_id))
    if sent.version != session.version:
        raise StepsMissed
    node = take_steps(session_document(session), sent.steps)
    values = {"letter_id": letter_id, "client": sent.client, "staff_id": staff_id, "taken_at": at}
    for number, step in enumerate(sent.steps, session.version + 1):
        db.session.add(WritingStep(version=number, step=step, **values))
    session.version += len(sent.steps)
    return session.version, node


def _see_author(letter_id: int, sent: SentSteps, staff_id: int, at: dt.datetime) -> None:
    """Store that a page is open, and its selection. Raises SessionEnded for a page of somebody else."""
    author = db.session.get(WritingAuthor, (letter_id, sent.client))
    if author is None:
        author = WritingAuthor(letter_id=letter_id, client=sent.client, staff_id=staff_id)
        db.session.add(author)
    if author.staff_id != staff_id:
        raise SessionEnded
    author.anchor, author.head, author.version, author.last_at = sent.anchor, sent.head, sent.version, at
    if sent.steps:
        author.typed_at = at


@one_transaction
def tend_session(letter_id: int, at: dt.datetime) -> None:
    """Store what was typed, drop steps that every open page has, and end a session that nobody writes in any more."""
    try:
        lock_letter_and_draft(letter_id)
    except UserFacingError:
        return  # whoever writes there is told by autosave
    session = lock_session(letter_id)
    if session is None:
        return
    last_at = db.session.scalar(select(func.max(WritingAuthor.last_at)).where(WritingAuthor.letter_id == letter_id))
    if last_at is None or at - last_at >= ENDS_AFTER:
        db.session.delete(session)
        return
    of_letter = WritingStep.letter_id == letter_id, WritingStep.version <= session.settled_version
    old = select(func.max(WritingStep.version)).where(*of_letter, WritingStep.taken_at <= at - FOLDED_AFTER)
    if folded := db.session.scalar(old):
        session.folded_version = folded
        db.session.execute(delete(WritingStep).where(WritingStep.letter_id == letter_id, WritingStep.version <= folded))
    gone = WritingAuthor.letter_id == letter_id, WritingAuthor.last_at <= at - PRESENT_FOR
    db.session.execute(delete(WritingAuthor).where(*gone))
