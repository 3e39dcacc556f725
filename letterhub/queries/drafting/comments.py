"""Comments on a draft in threads, with the state of each passage in the text as it is now."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from sqlalchemy import select

from letterhub.domain.drafting.comments import CommentPassage, PassageFinder, PassageState
from letterhub.domain.i18n import mask_count
from letterhub.domain.letters.letter_document import LetterDocument, LetterText
from letterhub.infrastructure.db import db
from letterhub.models import DraftComment, SecretLink
from letterhub.queries.editions.diff import paragraphs_of
from letterhub.rendering.letter.document_locale import document_locale


@dataclass(frozen=True, slots=True)
class ListedComment:
    """Comment as shown: `partner` is for whom its link is, "" for one by staff or of a Word file."""

    id: int
    author: str
    partner: str
    text: str
    written_at: dt.datetime
    is_from_word: bool


@dataclass(frozen=True, slots=True)
class CommentThread:
    """Comment with its replies, and what became of its passage since."""

    id: int
    passage: CommentPassage
    passage_state: PassageState
    comments: tuple[ListedComment, ...]
    resolved_at: dt.datetime | None
    resolved_by: str


@lru_cache(maxsize=16)
def draft_paragraphs(text: LetterText) -> tuple[str, ...]:
    """Return the words of a draft, one string per paragraph, as its page shows them. Raises TextTooDeep and TextTooLong."""
    placeholder = rf"\[{document_locale(text.language).words.number}\]"
    return tuple(paragraphs_of(LetterDocument(replace(text, body=mask_count(text.body, placeholder)))))


def draft_threads(letter_id: int, paragraphs: Sequence[str]) -> tuple[CommentThread, ...]:
    """Return the threads of a draft with these paragraphs: the open ones first, each kind in the order of writing."""
    query = select(DraftComment, SecretLink.label).outerjoin(SecretLink, SecretLink.id == DraftComment.link_id)
    rows = db.session.execute(query.where(DraftComment.letter_id == letter_id).order_by(DraftComment.id)).all()
    finder, replies = PassageFinder(paragraphs), dict[int, list[ListedComment]]()
    threads = []
    for comment, label in rows:
        listed = ListedComment(comment.id, comment.author, label or "", comment.text, comment.written_at, comment.is_from_word)
        replies.setdefault(comment.thread_id or comment.id, []).append(listed)
        if comment.thread_id is None:
            threads.append(comment)
    in_order = sorted(threads, key=lambda thread: (thread.resolved_at is not None, thread.id))
    return tuple(_listed_thread(thread, finder, replies[thread.id]) for thread in in_order)


def _listed_thread(thread: DraftComment, finder: PassageFinder, comments: Sequence[ListedComment]) -> CommentThread:
    passage = CommentPassage(thread.paragraph, thread.words)
    return CommentThread(
        thread.id, passage, finder.find(passage), tuple(comments), thread.resolved_at, thread.resolved_by
    )  # fmt: skip
