"""Comments on a draft, by partners with a link and by staff: written, answered, settled and opened again.

See docs/design/drafting/partners.md.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from letterhub.commands.drafting._draft_steps import store_comment
from letterhub.commands.drafting._link_use import use_link
from letterhub.domain.archive import check_not_deleted
from letterhub.domain.drafting.comments import MAX_AUTHOR, CannotComment, CommentPassage
from letterhub.domain.i18n import _
from letterhub.domain.links.secret_links import LinkPermission
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import DraftComment, Letter, SecretLink


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
    return store_comment(comment)


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
        store_comment(reply)
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
