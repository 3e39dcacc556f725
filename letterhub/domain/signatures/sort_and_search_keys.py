"""Sort keys of a signatory in its letter's list, and the words by which a search finds it."""

import enum
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from letterhub.domain.letters.document import LetterText, Signatory, SignatoryKind, SignatoryOrder, SignatoryStyle, section_rank
from letterhub.domain.organizations.names import name_key, sort_key

NAMES_PER_PAGE = 100
KEY_LENGTH = 600
WORD_LENGTH = 32
UNSPACED_SCRIPTS = ("CJK UNIFIED", "CJK COMPATIBILITY", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")
"""Beginnings of the Unicode names of letters in scripts without spaces between words."""


class LinePart(enum.StrEnum):
    """Part of a line that a word is in. A letter prints every signatory's name, and the other parts by its settings."""

    NAME = "name"
    PERSON = "person"
    PLACE = "place"
    LEAD_PLACE = "lead-place"  # a lead's place, which is no group heading


@dataclass(frozen=True, slots=True)
class ListSortKey:
    """Sort key of a signatory before its name, for each order of a letter; strings, so that all databases sort alike."""

    lead: str
    section: str
    location: str


def list_sort_key(signatory: Signatory) -> ListSortKey:
    """Return the sort key of a signatory: leads first, then by rank and name of the section or by place, those without last."""
    if signatory.lead:
        return ListSortKey("0", "0", "0")
    place = f"10{sort_key(signatory.location)}" if signatory.location else "11"
    return ListSortKey("1", f"1{section_rank(signatory.section)}{sort_key(signatory.section)}"[:KEY_LENGTH], place[:KEY_LENGTH])


def printed_parts(text: LetterText) -> tuple[LinePart, ...]:
    """Return the parts of each line that a letter prints: a search must not find more than is public."""
    person = (LinePart.PERSON,) if text.shown.names_signers else ()
    by_place = text.order is SignatoryOrder.LOCATION
    place = (LinePart.PLACE,) if text.shown is SignatoryStyle.LOCATION or by_place else ()
    of_leads = (LinePart.LEAD_PLACE,) if text.shown is SignatoryStyle.LOCATION and not by_place else ()
    return (LinePart.NAME, *person, *place, *of_leads)


def search_words(signatory: Signatory, parts: Collection[LinePart] = tuple(LinePart)) -> frozenset[str]:
    """Return the word prefixes by which a line is found, without case and accents, at most 32 characters each.

    In a script without spaces between words, every letter begins a word.
    """
    person = (
        LinePart.NAME if signatory.kind is SignatoryKind.INDIVIDUAL else LinePart.PERSON
    )  # a person's detail is printed with the name everywhere
    place = LinePart.LEAD_PLACE if signatory.lead else LinePart.PLACE
    phrases = ((LinePart.NAME, signatory.name), (person, signatory.detail), (place, signatory.location))
    return frozenset(word for part, phrase in phrases if part in parts for word in _word_prefixes(phrase))


def query_words(query: str) -> tuple[str, ...]:
    """Return the search words of a query, longest (rarest) first; each has to begin a word of the line."""
    typed = {word[:WORD_LENGTH] for word in name_key(query).split()}
    return tuple(sorted(typed, key=lambda word: (-len(word), word)))


def _word_prefixes(phrase: str) -> Iterator[str]:
    """Yield the beginning of each word in a phrase, and of what follows each letter without spaces between words."""
    words = name_key(f"x {phrase}").split()[1:]  # an article after another word stays
    for word in words or name_key(phrase).split():
        yield word[:WORD_LENGTH]
        yield from (word[start : start + WORD_LENGTH] for start in range(1, len(word)) if _is_unspaced(word[start]))


def _is_unspaced(letter: str) -> bool:
    return letter >= "\u0e00" and unicodedata.name(letter, "").startswith(UNSPACED_SCRIPTS)
