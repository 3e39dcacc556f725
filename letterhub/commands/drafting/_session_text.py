"""Text of a draft and document of its writing session: each follows the other. For commands that hold the draft's lock."""

import datetime as dt
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

from cachetools import LRUCache
from sqlalchemy import func, select

from letterhub.domain.drafting.writing_sessions import ENDS_AFTER
from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.letters.serialization import text_from_facts, text_to_facts
from letterhub.infrastructure.db import db
from letterhub.models import Draft, WritingAuthor, WritingSession, WritingStep
from letterhub.rendering.editor.markdown_reader import read_document
from letterhub.rendering.editor.saving import document_markdown
from letterhub.rendering.editor.steps import apply_steps, node_of, steps_between

if TYPE_CHECKING:
    from prosemirror.model import Node

CACHED_DOCUMENTS = 32
_documents: LRUCache[str, tuple[int, "Node"]] = LRUCache(CACHED_DOCUMENTS)
"""Documents as this process last saw them, with their version, by the key of their session: read once, then steps alone."""
_lock = Lock()


def lock_session(letter_id: int) -> WritingSession | None:
    """Return a letter's writing session, locked; None if there is none."""
    return db.session.get(WritingSession, letter_id, with_for_update=True, populate_existing=True)


def session_document(session: WritingSession) -> "Node":
    """Return the document of a session that is locked, and of which nothing was written in this transaction."""
    with _lock:
        version, node = _documents.get(session.key, (0, None))
    if node is None or not session.settled_version <= version <= session.version:
        version, node = session.settled_version, node_of(session.document)
    later = select(WritingStep.step).where(WritingStep.letter_id == session.letter_id, WritingStep.version > version)
    if version < session.version:
        node = apply_steps(node, db.session.scalars(later.order_by(WritingStep.version)).all())
    cache_document(session.key, session.version, node)
    return node


def cache_document(key: str, version: int, node: "Node") -> None:
    """Cache the document of a session whose steps are committed."""
    with _lock:
        _documents[key] = version, node


def settle(draft: Draft) -> None:
    """Store what was typed in a draft's writing session as its next version. Raises UserFacingError if it can't be stored."""
    session = lock_session(draft.letter_id)
    if session is None or session.version == session.settled_version:
        return
    node, text = session_document(session), text_from_facts(draft.text)
    document = dict(node.to_json())
    body = document_markdown(document, text.body, text.picture_names)
    last = db.session.get_one(WritingStep, (session.letter_id, session.version))
    session.document, session.settled_version = document, session.version
    if body != text.body:
        draft.text, draft.version = text_to_facts(replace(text, body=body)), draft.version + 1
        draft.saved_at, draft.saved_by_id = last.taken_at, last.staff_id


def follow(draft: Draft, text: LetterText, staff_id: int, at: dt.datetime) -> None:
    """Bring a draft's new text into the document of its writing session, as steps that open pages get.

    The session ends if nobody is there any more, or if the text can't be a document.
    """
    session = lock_session(draft.letter_id)
    if session is None:
        return
    last_at = db.session.scalar(select(func.max(WritingAuthor.last_at)).where(WritingAuthor.letter_id == draft.letter_id))
    try:
        target = read_document(text.body, text.picture_names) if last_at and at - last_at < ENDS_AFTER else None
    except UserFacingError:
        target = None
    if target is None:
        db.session.delete(session)
        return
    node = session_document(session)
    steps = steps_between(node, node_of(target))
    for number, step in enumerate(steps, session.version + 1):
        values = {"client": "", "staff_id": staff_id, "step": step, "taken_at": at}
        db.session.add(WritingStep(letter_id=draft.letter_id, version=number, **values))
    session.version += len(steps)
    session.document, session.settled_version = dict(apply_steps(node, steps).to_json()), session.version
