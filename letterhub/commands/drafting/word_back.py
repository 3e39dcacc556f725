"""Changes and comments that a Word file brings back to a draft, stored beside its text.

See docs/design/drafting/word_back.md.
"""

from typing import NamedTuple

from sqlalchemy import func, select

from letterhub.commands.drafting._draft_steps import check_is_draft, store_comment
from letterhub.domain.drafting.suggestions import MAX_SUGGESTIONS
from letterhub.domain.drafting.word_plan import CannotBringBack, PlannedComment, PlannedSuggestion, WordPlan
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

    Raises CannotBringBack if there is no room for it, CannotSuggest unless the letter is a draft, and CannotComment.
    """
    if plan.letter_id != letter_id:
        raise CannotBringBack(_("This file was made from another letter’s draft. Bring it back on that letter’s page."))
    check_is_draft(letter_id)
    from_word = (DraftSuggestion.letter_id == letter_id, DraftSuggestion.link_id.is_(None))
    suggestions = [one for one in plan.suggestions if not _is_known(letter_id, one)]
    stored = db.session.scalar(select(func.count(DraftSuggestion.id)).where(*from_word)) or 0
    if stored + len(suggestions) > MAX_SUGGESTIONS:
        raise CannotBringBack(
            _("This draft has %(most)s suggestions from Word files, and no room for more.", most=MAX_SUGGESTIONS)
        )
    for one in suggestions:
        change = one.change
        suggestion = DraftSuggestion(
            letter_id=letter_id, staff_id=staff_id, author=one.author, kind=change.kind, draft_version=plan.version,
            number=change.number, was=change.was, content=change.content, reason="", suggested_at=one.at,
        )  # fmt: skip
        db.session.add(suggestion)
    comments = [one for one in plan.comments if not _is_known_comment(letter_id, one)]
    for comment in comments:
        store_comment(
            DraftComment(
                letter_id=letter_id, staff_id=staff_id, author=comment.author, text=comment.text,
                paragraph=comment.passage.paragraph, words=comment.passage.words, written_at=comment.at, is_from_word=True,
            )
        )  # fmt: skip
    known = len(plan.suggestions) + len(plan.comments) - len(suggestions) - len(comments)
    return BroughtBack(len(suggestions), len(comments), known)


def _is_known(letter_id: int, one: PlannedSuggestion) -> bool:
    """Return whether an earlier file made the same suggestion, whatever became of it."""
    change = one.change
    same = (
        DraftSuggestion.letter_id == letter_id, DraftSuggestion.link_id.is_(None), DraftSuggestion.author == one.author,
        DraftSuggestion.kind == change.kind, DraftSuggestion.content == change.content, DraftSuggestion.was == change.was,
    )  # fmt: skip
    return db.session.scalar(select(DraftSuggestion.id).where(*same).limit(1)) is not None


def _is_known_comment(letter_id: int, one: PlannedComment) -> bool:
    same = (
        DraftComment.letter_id == letter_id, DraftComment.is_from_word, DraftComment.author == one.author,
        DraftComment.text == one.text, DraftComment.paragraph == one.passage.paragraph, DraftComment.words == one.passage.words,
    )  # fmt: skip
    return db.session.scalar(select(DraftComment.id).where(*same).limit(1)) is not None
