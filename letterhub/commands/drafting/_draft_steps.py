"""Steps that partners' suggestions and comments share with those of a Word file."""

import datetime as dt

from sqlalchemy import func, select

from letterhub.commands.drafting._link_use import LINK_ENDED
from letterhub.domain.archive import check_not_deleted
from letterhub.domain.drafting.comments import MAX_COMMENTS, MAX_COMMENTS_BY_LINK, CannotComment
from letterhub.domain.drafting.suggestions import CannotSuggest
from letterhub.domain.i18n import _
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db
from letterhub.models import DraftComment, Letter, SecretLink

SAME_FORM_WITHIN = dt.timedelta(minutes=10)
"""Time within which the same words by the same author are one form that was sent twice."""


def check_is_draft(letter_id: int) -> None:
    """Raise CannotSuggest unless the letter is a draft."""
    letter = db.session.get_one(Letter, letter_id, with_for_update={"key_share": True})
    check_not_deleted(letter.deleted_at)
    if letter.state is not LetterState.DRAFT:
        raise CannotSuggest(LINK_ENDED)


def store_comment(comment: DraftComment) -> int:
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
