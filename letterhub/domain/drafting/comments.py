"""Comments on a draft: their limits, the passage that one is about, and where that passage stands in a later text.

See docs/design/drafting/partners.md.
"""

import enum
import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.domain.unicode import normalize_unicode

MAX_COMMENT = 4_000  # characters
MAX_AUTHOR = 100
MAX_WORDS_QUOTED = 300  # characters
MAX_PASSAGE = 2_000  # characters of a passage that are stored with a comment
MAX_COMMENTS = 500
"""Comments on one draft by links that work, replies included; staff may write as many beside them."""
MAX_COMMENTS_BY_LINK = 100
"""Comments on one draft by one link, so that no link takes all the room."""
SIMILAR_FROM = 0.5
"""Share of common words from which a paragraph counts as the changed passage."""

_WORD = re.compile(r"\w+")


class CannotComment(UserFacingError):
    """Raised for a comment that cannot be stored."""

    field = "text"


class PassageNotFound(UserFacingError):
    """Raised when the letter does not have the passage that a comment is about."""


class PassageState(enum.StrEnum):
    """State of a comment's passage in the text as it is now."""

    WHOLE_LETTER = "whole-letter"
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class CommentPassage:
    """CommentPassage that a comment is about: a paragraph, and words quoted from it; both "" for the whole letter."""

    paragraph: str = ""
    words: str = ""


def passage_key(paragraph: str) -> str:
    """Return the name of a paragraph in a form: it changes with the paragraph, so that a comment never moves to another."""
    return hashlib.sha256(paragraph.encode()).hexdigest()[:16]


def choose_passage(paragraphs: Sequence[str], key: str, words: str) -> CommentPassage:
    """Return the passage that was chosen: by its key, by words copied from it, or by both. Raises PassageNotFound."""
    chosen = [paragraph for paragraph in paragraphs if passage_key(paragraph) == key] if key else paragraphs
    if key and not chosen:
        raise PassageNotFound(_("The text has changed since. Choose the paragraph again."), "passage")
    if not words:
        return CommentPassage(chosen[0][:MAX_PASSAGE] if key else "")
    bare = _bare(words)
    for paragraph in chosen:
        if bare and bare in _bare(paragraph):
            return CommentPassage(paragraph[:MAX_PASSAGE], words)
    raise PassageNotFound(_("These words aren’t there. Copy them from the letter as it is now, or leave them out."), "words")


class PassageFinder:
    """Finder of passages in a text, given as paragraphs; each distinct passage is looked for once."""

    def __init__(self, paragraphs: Sequence[str]) -> None:
        self._starts = {paragraph[:MAX_PASSAGE] for paragraph in paragraphs}
        bare = [_bare(paragraph) for paragraph in paragraphs]
        self._text, self._bits = "\n".join(bare), dict[str, int]()
        for word in dict.fromkeys(self._text.split()):
            self._bits[word] = 1 << len(self._bits)
        words = [frozenset(one.split()) for one in bare]
        self._sets = [(self._bit_set(one), len(one)) for one in words]
        self._found: dict[CommentPassage, PassageState] = {}

    def _bit_set(self, words: Collection[str]) -> int:
        """Return a set of words as bits, one for each word of the text: hundreds of sets are compared in a millisecond."""
        return sum(self._bits.get(word, 0) for word in words)

    def find(self, passage: CommentPassage) -> PassageState:
        """Return the state of a passage. Changed means that its words, or most of its paragraph's, are still there."""
        if passage not in self._found:
            self._found[passage] = self._look_for(passage)
        return self._found[passage]

    def _look_for(self, passage: CommentPassage) -> PassageState:
        if not passage.paragraph:
            return PassageState.WHOLE_LETTER
        if passage.paragraph in self._starts:
            return PassageState.UNCHANGED
        quoted = _bare(passage.words)
        has_quote = bool(quoted) and quoted in self._text
        return PassageState.CHANGED if has_quote or self.most_similar(passage.paragraph) is not None else PassageState.GONE

    def most_similar(self, paragraph: str) -> int | None:
        """Return the index of the paragraph that shares most words with another one, at least half; None if there is none."""
        words = frozenset(_bare(paragraph).split())
        own, best, most = self._bit_set(words), None, 0.0
        for index, (other, size) in enumerate(self._sets):
            common = (own & other).bit_count()
            share = common / (len(words) + size - common) if common else 0.0
            if share >= SIMILAR_FROM and share > most:
                best, most = index, share
        return best


def _bare(text: str) -> str:
    """Return the words of a text in small letters, without punctuation, which print and screen may set differently."""
    return " ".join(_WORD.findall(normalize_unicode("NFKC", text).casefold()))
