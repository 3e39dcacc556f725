"""Suggested changes of a draft: their kinds, states and limits, and where the paragraph of one stands in a later text.

See docs/design/drafting/suggestions.md.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from letterhub.domain.drafting.comments import PassageFinder, PassageNotFound, PassageState, passage_key
from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _

MAX_CONTENT = 8_000  # characters of a suggested wording
MAX_REASON = 1_000  # characters
MAX_SUGGESTIONS = 300
"""Suggestions to one draft by links that work."""
MAX_SUGGESTIONS_BY_LINK = 60
"""Suggestions to one draft by one link, so that no link takes all the room."""


class CannotSuggest(UserFacingError):
    """Raised for a suggestion that cannot be stored."""

    field = "content"


class CannotDecide(UserFacingError):
    """Raised for a suggestion that cannot be accepted, rejected or withdrawn."""


class SuggestionKind(enum.StrEnum):
    """Change that is suggested for a paragraph: other words, a new paragraph after it, or none."""

    REPLACE = "replace"
    ADD = "add"
    DROP = "drop"


class SuggestionState(enum.StrEnum):
    """State of a suggestion."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class SuggestedChange:
    """Change of a paragraph, `was`, that stood at a `number`, from 0: `content` is the new Markdown, "" to leave it out."""

    kind: SuggestionKind
    number: int
    was: str
    content: str


@dataclass(frozen=True, slots=True)
class Place:
    """Place of a suggestion's paragraph in a text as it is now; `number` is None if it is gone."""

    state: PassageState
    number: int | None


def paragraph_name(number: int, paragraph: str) -> str:
    """Return the name of a paragraph in a form: it changes with the paragraph, and tells equal ones apart."""
    return f"{number}-{passage_key(paragraph)}"


def choose_paragraph(paragraphs: Sequence[str], name: str) -> int:
    """Return the number of the paragraph with a name, which may have moved since. Raises PassageNotFound."""
    found = [number for number, paragraph in enumerate(paragraphs) if name.partition("-")[2] == passage_key(paragraph)]
    if not found:
        raise PassageNotFound(_("The text has changed since. Choose the paragraph again."), "paragraph")
    return next((number for number in found if paragraph_name(number, paragraphs[number]) == name), found[0])


def find_place(was: str, number: int, paragraphs: Sequence[str], finder: PassageFinder) -> Place:
    """Return where a paragraph stands: the same one nearest to its number, else the one with most words in common."""
    same = [other for other, paragraph in enumerate(paragraphs) if paragraph == was]
    if same:
        return Place(PassageState.UNCHANGED, min(same, key=lambda other: abs(other - number)))
    closest = finder.most_similar(was)
    return Place(PassageState.GONE, None) if closest is None else Place(PassageState.CHANGED, closest)
