"""Sort keys of a signatory in its letter's list, and the words by which a search finds it."""

import enum
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from letterhub.domain.letters.document import Kind, LetterText, Order, Shown, Signatory, section_rank
from letterhub.domain.organizations.names import name_key, sort_key

NAMES_A_PAGE = 100
KEY_LENGTH = 600
WORD_LENGTH = 32
UNSPACED = ("CJK UNIFIED", "CJK COMPATIBILITY", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")
"""Beginnings of the Unicode names of letters in scripts without spaces between words."""


class Part(enum.StrEnum):
    """Part of a line that a word is in. A letter prints every signatory's name, and the other parts by its settings."""

    NAME = "name"
    PERSON = "person"
    PLACE = "place"
    LEAD_PLACE = "lead-place"  # a lead's place, which is no group heading


@dataclass(frozen=True, slots=True)
class SortKey:
    """Sort key of a signatory before its name, for each order of a letter; strings, so that all databases sort alike."""

    lead: str
    section: str
    location: str


def standing_of(one: Signatory) -> SortKey:
    """Return the sort key of a signatory: leads first, then by rank and name of the section or by place, those without last."""
    if one.lead:
        return SortKey("0", "0", "0")
    place = f"10{sort_key(one.location)}" if one.location else "11"
    return SortKey("1", f"1{section_rank(one.section)}{sort_key(one.section)}"[:KEY_LENGTH], place[:KEY_LENGTH])


def parts_printed(text: LetterText) -> tuple[Part, ...]:
    """Return the parts of each line that a letter prints: a search must not find more than is public."""
    person = (Part.PERSON,) if text.shown.names_signers else ()
    by_place = text.order is Order.LOCATION
    place = (Part.PLACE,) if text.shown is Shown.LOCATION or by_place else ()
    of_leads = (Part.LEAD_PLACE,) if text.shown is Shown.LOCATION and not by_place else ()
    return (Part.NAME, *person, *place, *of_leads)


def words_of(one: Signatory, parts: Collection[Part] = tuple(Part)) -> frozenset[str]:
    """Return the word prefixes by which a line is found, without case and accents, at most 32 characters each.

    In a script without spaces between words, every letter begins a word.
    """
    person = Part.NAME if one.kind is Kind.INDIVIDUAL else Part.PERSON  # a person's detail is printed with the name everywhere
    place = Part.LEAD_PLACE if one.lead else Part.PLACE
    said = ((Part.NAME, one.name), (person, one.detail), (place, one.location))
    return frozenset(word for part, phrase in said if part in parts for word in _words(phrase))


def typed_words(query: str) -> tuple[str, ...]:
    """Return the search words of a query, longest (rarest) first; each has to begin a word of the line."""
    typed = {word[:WORD_LENGTH] for word in name_key(query).split()}
    return tuple(sorted(typed, key=lambda word: (-len(word), word)))


def _words(said: str) -> Iterator[str]:
    every = name_key(f"x {said}").split()[1:]  # an article after another word stays
    for word in every or name_key(said).split():
        yield word[:WORD_LENGTH]
        yield from (word[at : at + WORD_LENGTH] for at in range(1, len(word)) if _is_unspaced(word[at]))


def _is_unspaced(letter: str) -> bool:
    return letter >= "\u0e00" and unicodedata.name(letter, "").startswith(UNSPACED)
