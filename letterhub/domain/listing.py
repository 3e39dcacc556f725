"""Where a signatory stands in its letter's list, and the words by which a reader finds it there."""

import enum
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from letterhub.domain.document import Kind, LetterText, Order, Shown, Signatory, section_rank
from letterhub.domain.organizations import name_key, sort_key

NAMES_A_PAGE = 100
KEY_LENGTH = 600
WORD_LENGTH = 32
UNSPACED = ("CJK UNIFIED", "CJK COMPATIBILITY", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")
"""How the names of letters begin whose scripts put no space between words."""


class Part(enum.StrEnum):
    """What of a line a word stands in. A letter prints the name of every signatory, and the rest as far as it is to show it."""

    NAME = "name"
    PERSON = "person"
    PLACE = "place"
    LEAD_PLACE = "lead-place"  # of a lead, which stands under no place


@dataclass(frozen=True, slots=True)
class SortKey:
    """What a signatory is sorted by before its own name, for each order of a letter: texts, so that databases sort alike."""

    lead: str
    section: str
    location: str


def standing_of(one: Signatory) -> SortKey:
    """Where a signatory stands: leads first, then by rank and name of its section, or by its place, those without last."""
    if one.lead:
        return SortKey("0", "0", "0")
    place = f"10{sort_key(one.location)}" if one.location else "11"
    return SortKey("1", f"1{section_rank(one.section)}{sort_key(one.section)}"[:KEY_LENGTH], place[:KEY_LENGTH])


def parts_printed(text: LetterText) -> tuple[Part, ...]:
    """What a letter prints of each line, and by which it may be found: a search that knows more spells it out."""
    person = (Part.PERSON,) if text.shown.names_signers else ()
    by_place = text.order is Order.LOCATION
    place = (Part.PLACE,) if text.shown is Shown.LOCATION or by_place else ()
    of_leads = (Part.LEAD_PLACE,) if text.shown is Shown.LOCATION and not by_place else ()
    return (Part.NAME, *person, *place, *of_leads)


def words_of(one: Signatory, parts: Collection[Part] = tuple(Part)) -> frozenset[str]:
    """The beginnings of words by which a line is found, whatever its case and accents: at most 32 signs of each.

    Where a script puts no space between words, every letter begins one.
    """
    person = Part.NAME if one.kind is Kind.INDIVIDUAL else Part.PERSON  # what a person is stands behind her name everywhere
    place = Part.LEAD_PLACE if one.lead else Part.PLACE
    said = ((Part.NAME, one.name), (person, one.detail), (place, one.location))
    return frozenset(word for part, phrase in said if part in parts for word in _words(phrase))


def typed_words(query: str) -> tuple[str, ...]:
    """What a reader looks for: each has to begin one of the words of a line. The longest come first: they are rarest."""
    typed = {word[:WORD_LENGTH] for word in name_key(query).split()}
    return tuple(sorted(typed, key=lambda word: (-len(word), word)))


def _words(said: str) -> Iterator[str]:
    every = name_key(f"x {said}").split()[1:]  # behind another word an article stays
    for word in every or name_key(said).split():
        yield word[:WORD_LENGTH]
        yield from (word[at : at + WORD_LENGTH] for at in range(1, len(word)) if _is_unspaced(word[at]))


def _is_unspaced(letter: str) -> bool:
    return letter >= "\u0e00" and unicodedata.name(letter, "").startswith(UNSPACED)
