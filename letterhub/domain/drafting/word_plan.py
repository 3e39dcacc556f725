"""Suggestions and comments of a Word file, read and not yet stored: the page that shows them carries them.

See docs/design/drafting/word_back.md.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from letterhub.domain.drafting.comments import CommentPassage
from letterhub.domain.drafting.suggestions import SuggestedChange, SuggestionKind
from letterhub.domain.drafting.word_comparison import UntakenPart
from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _

MAX_FROM_WORD = 300
"""Suggestions, and comments, of one file."""
OTHER_LETTER = _("This file was made from another letter’s draft. Bring it back on that letter’s page.")


class CannotBringBack(UserFacingError):
    """Raised for a Word file that can't be brought back; the sentence says why."""

    field = "file"


@dataclass(frozen=True, slots=True)
class PlannedSuggestion:
    """Change that a file suggests; `author` is the name in the file, and `at` its date there or of the upload."""

    change: SuggestedChange
    author: str
    at: dt.datetime
    is_tracked: bool


@dataclass(frozen=True, slots=True)
class PlannedComment:
    """Comment of a file."""

    passage: CommentPassage
    text: str
    author: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class WordPlan:
    """Suggestions and comments that a file brings back to a draft; `version` is that of the text that it was made from.

    `refusals` are what can't be taken.
    """

    letter_id: int
    version: int
    suggestions: tuple[PlannedSuggestion, ...]
    comments: tuple[PlannedComment, ...]
    refusals: tuple[UntakenPart, ...]

    def __bool__(self) -> bool:
        """Return whether there is anything to store."""
        return bool(self.suggestions or self.comments)

    def as_facts(self) -> dict[str, Any]:
        """Return the plan as JSON values, without what can't be taken."""
        return {
            "letter": self.letter_id,
            "version": self.version,
            "suggestions": [
                [one.change.kind, one.change.number, one.change.was, one.change.content, one.author, one.at.isoformat(),
                 one.is_tracked]
                for one in self.suggestions
            ],
            "comments": [
                [one.passage.paragraph, one.passage.words, one.text, one.author, one.at.isoformat()] for one in self.comments
            ],
        }  # fmt: skip

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> "WordPlan":
        """Return the plan of JSON values."""
        suggestions = tuple(
            PlannedSuggestion(
                SuggestedChange(SuggestionKind(kind), number, was, content), author, dt.datetime.fromisoformat(at), is_tracked
            )
            for kind, number, was, content, author, at, is_tracked in facts["suggestions"]
        )
        comments = tuple(
            PlannedComment(CommentPassage(paragraph, words), text, author, dt.datetime.fromisoformat(at))
            for paragraph, words, text, author, at in facts["comments"]
        )
        return cls(facts["letter"], facts["version"], suggestions, comments, ())
