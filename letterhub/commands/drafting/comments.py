"""Comments on a draft, by partners with a link and by staff: written, answered, settled and opened again.

See docs/design/drafting/partners.md.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select

from letterhub.commands.drafting._link_use import use_link
from letterhub.domain.archive import check_not_deleted
from letterhub.domain.drafting.comments import MAX_AUTHOR, MAX_COMMENTS, MAX_COMMENTS_BY_LINK, CannotComment, CommentPassage
from letterhub.domain.i18n import _
from letterhub.domain.links.secret_links import LinkPermission
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import DraftComment, Letter, SecretLink

SAME_FORM_WITHIN = dt.timedelta(minutes=10)
"""Time within which the same words by the same author are one form that was sent twice."""


@dataclass(frozen=True, slots=True)
class CommentAuthor:
    """Author of a comment: a name, and either the link by which it comes or a member of staff."""

    name: str
    link_id: int | None = None
    staff_id: int | None = None


@one_transaction
def add_comment(letter_id: int, text: str, passage: CommentPassage, author: CommentAuthor, at: dt.datetime) -> int:
    """Store a comment on a passage; return its id. A form sent twice is stored once. Raises CannotComment and RateLimited."""
    _check_may_comment(letter_id, author, at)
    comment = DraftComment(
        letter_id=letter_id, text=text, author=author.name, paragraph=passage.paragraph, words=passage.words, written_at=at,
        link_id=author.link_id, staff_id=author.staff_id,
    )  # fmt: skip
    return _store(comment)


@one_transaction
def answer_thread(
    letter_id: int, thread_id: int, text: str, author: CommentAuthor, at: dt.datetime, *, switch: bool = False
) -> None:
    """Add a reply to a thread, unless it is "", and with `switch` settle the thread, or open it again if it is settled.

    Raises CannotComment and RateLimited.
    """
    link = _check_may_comment(letter_id, author, at)
    query = select(DraftComment).where(DraftComment.id == thread_id, DraftComment.letter_id == letter_id)
    thread = db.session.scalar(query.where(DraftComment.thread_id.is_(None)).with_for_update())
    if thread is None:
        raise CannotComment(_("This comment is no longer there."))
    if text:
        reply = DraftComment(
            letter_id=letter_id, thread_id=thread_id, text=text, author=author.name, written_at=at, link_id=author.link_id,
            staff_id=author.staff_id,
        )  # fmt: skip
        _store(reply)
    if switch:
        is_open = thread.resolved_at is None
        who = link.label[:MAX_AUTHOR] if link else author.name  # a typed name could be that of staff
        thread.resolved_at, thread.resolved_by = (at, who) if is_open else (None, "")


def _check_may_comment(letter_id: int, author: CommentAuthor, at: dt.datetime) -> SecretLink | None:
    """Return the link by which a comment comes, locked, with the name that was typed; None for staff.

    Raises CannotComment unless the letter is a draft, LinkEnded unless the link may comment, and RateLimited.
    """
    letter = db.session.get_one(Letter, letter_id, with_for_update={"key_share": True})
    check_not_deleted(letter.deleted_at)
    if letter.state is not LetterState.DRAFT:
        raise CannotComment(_("This letter is no longer a draft, so it can’t be commented on."))
    if author.link_id is None:
        return None
    return use_link(author.link_id, letter_id, LinkPermission.COMMENT, author.name, at)


def _store(comment: DraftComment) -> int:
    """Store a comment unless its author's last one says the same at the same place; return its id."""
    own = (
        DraftComment.letter_id == comment.letter_id, DraftComment.author == comment.author,
        DraftComment.link_id.is_not_distinct_from(comment.link_id),
    )  # fmt: skip
    last = db.session.scalar(select(DraftComment).where(*own).order_by(DraftComment.id.desc()).limit(1))
    contents = [(one.text, one.thread_id, one.paragraph or "", one.words or "") for one in (comment, last) if one is not None]
    if last is not None and contents[0] == contents[1] and comment.written_at - last.written_at < SAME_FORM_WITHIN:
        return last.id
    _require_below_limits(comment)
    db.session.add(comment)
    db.session.flush()
    return comment.id


def _require_below_limits(comment: DraftComment) -> None:
    """Raise CannotComment if there is no room for a comment: each link leaves room for others, and all of them for staff.

    Only links that work count: staff make room by revoking one.
    """
    of_draft = select(func.count(DraftComment.id)).where(DraftComment.letter_id == comment.letter_id)
    if comment.link_id is None:
        by_staff = of_draft.where(DraftComment.link_id.is_(None))
        if (db.session.scalar(by_staff) or 0) >= MAX_COMMENTS:
            raise CannotComment(_("This draft has %(most)s comments, and no room for more.", most=MAX_COMMENTS))
        return
    if (db.session.scalar(of_draft.where(DraftComment.link_id == comment.link_id)) or 0) >= MAX_COMMENTS_BY_LINK:
        raise CannotComment(_("This link has added %(most)s comments, and can add no more.", most=MAX_COMMENTS_BY_LINK))
    by_links = of_draft.join(SecretLink).where(SecretLink.works_at(comment.written_at))
    if (db.session.scalar(by_links) or 0) >= MAX_COMMENTS:
        raise CannotComment(_("This draft has %(most)s comments, and no room for more.", most=MAX_COMMENTS))
