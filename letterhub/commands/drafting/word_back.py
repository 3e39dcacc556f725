"""Changes and comments that a Word file brings back to a draft, stored beside its text.

See docs/design/drafting/word_back.md.
"""

from typing import NamedTuple

from sqlalchemy import select

from letterhub.commands.drafting._link_use import lock_draft
from letterhub.domain.drafting.comments import MAX_COMMENTS, CannotComment
from letterhub.domain.drafting.suggestions import MAX_SUGGESTIONS, SuggestionState
from letterhub.domain.drafting.word_plan import OTHER_LETTER, CannotBringBack, WordPlan
from letterhub.domain.i18n import _
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import DraftComment, DraftSuggestion


class BroughtBack(NamedTuple):
    """Numbers of suggestions and comments that were stored, and of those that were there before."""

    suggestions: int
    comments: int
    known: int


@one_transaction
def bring_word_back(letter_id: int, plan: WordPlan, staff_id: int) -> BroughtBack:
    """Store what a file brings back, without what an earlier file brought; nothing of the text changes.

    Raises CannotBringBack if there is no room for its suggestions or the letter is no draft, and CannotComment.
    """
    if plan.letter_id != letter_id:
        raise CannotBringBack(OTHER_LETTER)
    lock_draft(letter_id, CannotBringBack(_("This letter is no longer a draft: change its text on the Write tab.")))
    suggestions = _add_suggestions(letter_id, plan, staff_id)
    comments = _add_comments(letter_id, plan, staff_id)
    known = len(plan.suggestions) + len(plan.comments) - suggestions - comments
    return BroughtBack(suggestions, comments, known)


def _add_suggestions(letter_id: int, plan: WordPlan, staff_id: int) -> int:
    """Add the suggestions that no earlier file made, whatever became of those; return how many."""
    stored = db.session.scalars(
        select(DraftSuggestion).where(DraftSuggestion.letter_id == letter_id, DraftSuggestion.link_id.is_(None))
    ).all()
    known = {(one.author, one.change.kind, one.change.was, one.change.content) for one in stored}
    new = [one for one in plan.suggestions if (one.author, one.change.kind, one.change.was, one.change.content) not in known]
    if sum(one.state is SuggestionState.OPEN for one in stored) + len(new) > MAX_SUGGESTIONS:
        raise CannotBringBack(
            _("At most %(most)s suggestions from Word files may be open. Accept or decline some first.", most=MAX_SUGGESTIONS)
        )
    db.session.add_all(
        DraftSuggestion(
            letter_id=letter_id, staff_id=staff_id, author=one.author, kind=one.change.kind, draft_version=plan.version,
            number=one.change.number, was=one.change.was, content=one.change.content, reason="", suggested_at=one.at,
        )
        for one in new
    )  # fmt: skip
    return len(new)


def _add_comments(letter_id: int, plan: WordPlan, staff_id: int) -> int:
    """Add the comments that no earlier file had; return how many."""
    by_staff = db.session.scalars(
        select(DraftComment).where(DraftComment.letter_id == letter_id, DraftComment.link_id.is_(None))
    ).all()
    known = {(one.author, one.text, one.paragraph, one.words) for one in by_staff if one.is_from_word}
    new = [one for one in plan.comments if (one.author, one.text, one.passage.paragraph, one.passage.words) not in known]
    if len(by_staff) + len(new) > MAX_COMMENTS:
        raise CannotComment(_("This draft has %(most)s comments, and no room for more.", most=MAX_COMMENTS))
    db.session.add_all(
        DraftComment(
            letter_id=letter_id, staff_id=staff_id, author=one.author, text=one.text,
            paragraph=one.passage.paragraph, words=one.passage.words, written_at=one.at, is_from_word=True,
        )
        for one in new
    )  # fmt: skip
    return len(new)
