"""Search for known organizations' names within a line: in its name, signer, title or place; whole, altered or split.

See docs/design/organizations.md.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.mail.email_addresses import is_one_typo_apart
from letterhub.domain.organizations.confusables import look_alike_key
from letterhub.domain.organizations.matching import (
    MAX_TYPO_LENGTH,
    MIN_SUFFIX_LENGTH,
    SUFFIX_LENGTH,
    consonant_keys,
    deletion_variants,
    hash_keys,
    suffix_key,
)
from letterhub.domain.organizations.name_parts import NameParts, Words, name_words, parse_name, word_tokens
from letterhub.domain.organizations.organization_words_in_line import CREDENTIALS, NOUNS, OFFICES
from letterhub.domain.organizations.vocabulary import (
    BODY_WORDS,
    CHAPTER_WORDS,
    COUNTRY_WORDS,
    GENERIC_WORDS,
    MEANINGS,
    REGION_WORDS,
    STOP_WORDS,
    WORLD_WORDS,
)
from letterhub.domain.signatures.line_fields import line_texts

MAX_TEXT_WORDS = 30
"""Maximum words of a text to search; more is a doubt by itself."""

MAX_WINDOW_WORDS, MAX_WINDOW_LETTERS = 12, 60
"""Maximum words and letters of a name searched within a text; single letters count as words."""

MAX_CROSSING_WORDS = 7
"""Maximum words of a window in which one word may have been inserted."""

MIN_ONE_WORD_TYPO_LENGTH = 8
COMMON_WORDS = (
    GENERIC_WORDS
    | BODY_WORDS
    | CHAPTER_WORDS
    | COUNTRY_WORDS
    | REGION_WORDS
    | WORLD_WORDS
    | STOP_WORDS
    | NOUNS
    | OFFICES
    | frozenset({"and"})
)
"""Words that many names and titles share: a name of only these is found only where it is the whole text."""

_SEGMENTS = re.compile(r"[,;:()\[\]|/–—“”\"]|\s-\s|\b(?:for|of|at|with|by|und|and|de)\b|&", re.IGNORECASE)
_DOTS = re.compile(r"(?<=\b[A-Z])\.(?=[A-Z]\b)|(?<=\.[A-Z])\.")
_CAPITALS = re.compile(r"\b[A-Z]{2,10}\b")


class Window(NamedTuple):
    """Consecutive words of a text and their joint look-alike key; `crosses` from one text into the next."""

    words: Words
    look: str
    crosses: bool = False


@dataclass(frozen=True, slots=True)
class LineIndex:
    """Search index of a line for other organizations' names: its `texts`, its `place`, and its `own` name, which is masked.
    A line that `is_long`, with more words than any name or title has, is not searched."""

    texts: tuple[str, ...]
    place: str
    own: frozenset[str]
    is_long: bool = field(init=False)
    windows: tuple[Window, ...] = field(init=False)
    joined_keys: tuple[str, ...] = field(init=False)
    segments: frozenset[str] = field(init=False)
    acronyms: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Fill in the index. Its own name divides the words of each text into runs, and no other name is searched across it."""
        texts: tuple[str, ...] = (*self.texts, self.place)
        word_lists = [word_tokens(text) for text in texts]
        is_long = any(len(words) > MAX_TEXT_WORDS for words in word_lists)
        if is_long:
            texts, word_lists = ("",), [()]
        masks = [word_tokens(name) for name in self.own]
        runs = [run for words in word_lists for run in _runs_between_masks(words, masks)]
        parts = [name_words(part) for text in texts for part in (text, *_SEGMENTS.split(text))]
        for name, value in (
            ("is_long", is_long),
            ("windows", (*itertools.chain.from_iterable(map(_windows, runs)), *_crossing_windows(word_lists, masks))),
            ("joined_keys", tuple(look_alike_key("".join(run)) for run in runs)),
            ("segments", frozenset(look_alike_key("".join(words)) for words in parts if words)),
            ("acronyms", frozenset(_acronyms(texts[:-1], self.own))),
        ):
            object.__setattr__(self, name, value)

    def keys(self) -> frozenset[int]:
        """Return hashed match keys to look up: each organization whose name the line may hold has stored one of them."""
        keys = {f"look {segment}" for segment in self.segments}
        for window in self.windows:
            keys |= {f"look {window.look}", f"meaning {' '.join(_meaning_of(window.words))}"}
            if not window.crosses:
                if len(window.look) <= MAX_TYPO_LENGTH:
                    keys |= {f"slip {variant}" for variant in deletion_variants(window.look)}
                keys |= {f"look {look}" for look in _look_alikes_without_one_word(window.words)}
                keys |= {f"bones {variant}" for variant in consonant_keys(window.look)}
        keys |= {suffix_key(piece) for look in self.joined_keys for piece in _possible_name_ends(look)}
        keys |= {f"acronym {acronym}" for acronym in self.acronyms}
        keys |= {f"initials {acronym}" for acronym in self.acronyms if len(acronym) > 2}
        return hash_keys(keys)

    def contains(self, name: str) -> bool:
        """Return whether the line holds an organization's name, its acronym, or something that reads like its name."""
        parts = parse_name(name)
        if (parts.acronyms | parts.initials) & self.acronyms:
            return True
        if not parts.look:
            return False
        has_only_common_words = not set(parts.words) - COMMON_WORDS
        if has_only_common_words:
            return parts.look in self.segments
        if any(len(parts.look) >= _min_name_length(joined) and parts.look in joined for joined in self.joined_keys):
            return True
        return any(_is_match(window, parts) for window in self.windows)

    def is_place_only(self, name: str) -> bool:
        """Return whether a one-word name occurs in the place only: many towns share a name with an organization."""
        one_word = len(parse_name(name).words) == 1
        return one_word and not LineIndex(self.texts, "", self.own).contains(name)


def index_line(line: Signatory, *, reviewed: bool) -> LineIndex:
    """Return the search index of a line. If staff reviewed its organization's name, that name is not searched for others', and
    is passed over wherever it occurs in the other texts."""
    name = "" if reviewed else line.organization
    texts = tuple(filter(None, (name, *line_texts(line, without=("organization", "location")))))
    return LineIndex(texts, line.location, frozenset({line.organization} if reviewed else ()))


def _is_match(window: Window, parts: NameParts) -> bool:
    """Return whether a window is the name, or a look-alike, translation or slight misspelling of it."""
    if window.look == parts.look:
        return True
    words = len(parts.words)
    if words > 1 and _meaning_of(window.words) == parts.meaning:
        return True
    if window.crosses:
        return False
    min_typo_length = 6 if words > 1 else MIN_ONE_WORD_TYPO_LENGTH
    if len(parts.look) >= min_typo_length and is_one_typo_apart(window.look, parts.look):
        return True
    if words <= 1:
        return False
    same_consonants = bool(consonant_keys(window.look) & consonant_keys(parts.look))
    differs_by_vowels = same_consonants and len(window.look) == len(parts.look)
    return differs_by_vowels or parts.look in _look_alikes_without_one_word(window.words)


def _windows(words: Words) -> Iterator[Window]:
    """Yield every run of consecutive words that is short enough to be a name."""
    for start in range(len(words)):
        letters = ""
        for end in range(start, len(words)):
            letters += words[end]
            if len(letters) > MAX_WINDOW_LETTERS or (end - start >= MAX_WINDOW_WORDS and len(letters) > 2 * (end - start)):
                break
            yield Window(words[start : end + 1], look_alike_key(letters))


def _crossing_windows(texts: Sequence[Words], masks: Sequence[Words]) -> Iterator[Window]:
    """Yield the windows that begin in one text and end in the next, as texts are printed one after the other, except for the
    masked names. The last text is the place; as it may be a group heading, it is also joined to the first on both sides."""
    first, place = texts[0], texts[-1]
    pairs = list(itertools.pairwise(texts))
    if len(texts) > 2:
        pairs += [(first, place), (place, first)]
    for left, right in pairs:
        left_end, right_start = left[-MAX_CROSSING_WORDS:], right[:MAX_CROSSING_WORDS]
        for start in range(len(left_end)):
            for end in range(1, len(right_start) + 1):
                words = left_end[start:] + right_start[:end]
                if len(words) <= MAX_CROSSING_WORDS and words not in masks:
                    yield Window(words, look_alike_key("".join(words)), crosses=True)


def _runs_between_masks(words: Words, masks: Sequence[Words]) -> Iterator[Words]:
    """Yield the runs of words between the masked names."""
    start = at = 0
    while at < len(words):
        mask = next((candidate for candidate in masks if candidate and words[at : at + len(candidate)] == candidate), None)
        if mask is None:
            at += 1
            continue
        if at > start:
            yield words[start:at]
        at += len(mask)
        start = at
    if start < len(words):
        yield words[start:]


def _look_alikes_without_one_word(words: Words) -> set[str]:
    """Return the look-alike keys of a sequence of words, each with one word left out that is neither the first nor the last."""
    if not 3 <= len(words) <= MAX_CROSSING_WORDS:
        return set()
    return {look_alike_key("".join(words[:at] + words[at + 1 :])) for at in range(1, len(words) - 1)}


def _meaning_of(words: Words) -> Words:
    return tuple(sorted(MEANINGS.get(word, word) for word in words if word not in STOP_WORDS))


def _acronyms(texts: Iterable[str], own: Iterable[str]) -> Iterator[str]:
    """Yield the acronyms in texts in small letters, except credentials such as "PhD" and those of the line's `own` names.

    A text of several words that is all in capitals has none.
    """
    ignored = set(CREDENTIALS)
    for parts in map(parse_name, own):
        ignored |= parts.acronyms | parts.initials
    for text in texts:
        is_all_capitals = text.isupper() and " " in text.strip()
        if is_all_capitals:
            continue
        for word in _CAPITALS.findall(_DOTS.sub("", text)):
            if word.lower() not in ignored:
                yield word.lower()


def _min_name_length(look: str) -> int:
    return MIN_SUFFIX_LENGTH if look.isascii() else 4


def _possible_name_ends(look: str) -> Iterator[str]:
    """Yield every run of letters in a look-alike key that may be the end of a name, as long as `suffix_key` uses."""
    for end in range(_min_name_length(look), len(look) + 1):
        for length in range(_min_name_length(look), SUFFIX_LENGTH + 1):
            if end >= length:
                yield look[end - length : end]
