"""Search words of signatures: what a line is found by, by the public and by staff.

See docs/design/search.md.
"""

import enum
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator

from letterhub.domain.letters.letter_document import LetterText, Signatory, SignatoryKind, SignatoryOrder, SignatoryStyle
from letterhub.domain.organizations.name_keys import name_key
from letterhub.domain.states import SignatureState

WORD_LENGTH = 32
MAX_WORDS = 8
"""Words of a query that are searched for, the longest ones: each costs a search of its own."""
UNSPACED_SCRIPTS = ("CJK UNIFIED", "CJK COMPATIBILITY", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")
"""Beginnings of the Unicode names of letters in scripts without spaces between words."""
_SCHEME = re.compile(r"\bhttps?://(?:www\.)?", re.IGNORECASE)
_AS_LETTERS = {code: chr(code + 0xFEE0) for code in range(0x21, 0x7F) if not chr(code).isalnum()} | dict.fromkeys(range(0x21))
"""Table for `str.translate`: punctuation in full width, so that no character of a word means anything to a database."""


class LinePart(enum.StrEnum):
    """Part of a printed line that a word is in; the value is the letter that its search terms begin with. A letter prints
    every signatory's name, and the other parts by its settings."""

    NAME = "n"
    PERSON = "p"
    LOCATION = "l"
    LEAD_LOCATION = "k"  # a lead's place, which is no group heading


CONTACT = "x"
"""Letter of the words of a published signature that only staff find it by: of its email address and website."""
UNLISTED = {
    SignatureState.CONFIRMED: "c",
    SignatureState.OUTDATED: "o",
    SignatureState.DECLINED: "d",
    SignatureState.WITHDRAWN: "w",
    SignatureState.EXPIRED: "e",
}
"""Letters of the words of other signatures, which only staff find. Those that nobody confirmed are not indexed."""
INDEXED_STATES = frozenset({SignatureState.PUBLISHED, *UNLISTED})


def printed_parts(text: LetterText) -> tuple[LinePart, ...]:
    """Return the parts of each line that a letter prints: a search must not find more than is public.

    Places are printed beside the names or as group headings. Leads stand in a group of their own, without places as headings.
    """
    prints_locations = text.shown is SignatoryStyle.LOCATION
    by_location = text.order is SignatoryOrder.LOCATION
    person = (LinePart.PERSON,) if text.shown.names_signers else ()
    location = (LinePart.LOCATION,) if prints_locations or by_location else ()
    lead_location = (LinePart.LEAD_LOCATION,) if prints_locations and not by_location else ()
    return (LinePart.NAME, *person, *location, *lead_location)


def staff_parts(states: Iterable[SignatureState]) -> tuple[str, ...]:
    """Return the letters of the words that staff find signatures in these states by."""
    listed = (*LinePart, CONTACT)
    parts = (listed if state is SignatureState.PUBLISHED else UNLISTED.get(state, "") for state in states)
    return tuple(part for letters in parts for part in letters)


def search_words(signatory: Signatory, parts: Collection[LinePart] = tuple(LinePart)) -> frozenset[str]:
    """Return the words by which a line is found, without case and accents, each cut to 32 characters.

    In a script without spaces between words, every letter begins a word.
    """
    # an individual's title and affiliation are printed with the name everywhere
    detail_part = LinePart.NAME if signatory.kind is SignatoryKind.INDIVIDUAL else LinePart.PERSON
    location_part = LinePart.LEAD_LOCATION if signatory.lead else LinePart.LOCATION
    phrases = ((LinePart.NAME, signatory.name), (detail_part, signatory.detail), (location_part, signatory.location))
    return frozenset(word for part, phrase in phrases if part in parts for word in _indexed_words(phrase))


def search_terms(letter_id: int, state: SignatureState, line: Signatory, email: str) -> list[str]:
    """Return the terms by which a signature is found: its words, each prefixed by the id of its letter and the code of its
    part. A signature that nobody confirmed, or whose line was erased, has no terms."""
    contact = {word for text in (email, _SCHEME.sub("", line.website)) for word in _indexed_words(text)}
    if state is SignatureState.PUBLISHED:
        words_by_part: dict[str, Collection[str]] = {part: search_words(line, (part,)) for part in LinePart}
        words_by_part[CONTACT] = contact.difference(*words_by_part.values())
    else:
        words_by_part = {UNLISTED[state]: search_words(line) | contact} if state in UNLISTED else {}
    return sorted(f"{letter_id}{part}{word}" for part, words in words_by_part.items() for word in words)


def query_words(query: str) -> tuple[str, ...]:
    """Return the search words of a query, longest (rarest) first; each has to begin a word of the line.

    A word that begins another one says nothing more, and is left out.
    """
    typed = {word[:WORD_LENGTH].translate(_AS_LETTERS) for word in name_key(_SCHEME.sub("", query)).split()}
    words = sorted(filter(None, typed), key=lambda word: (-len(word), word))
    return tuple(word for word in words if not any(other != word and other.startswith(word) for other in words))[:MAX_WORDS]


def _indexed_words(phrase: str) -> Iterator[str]:
    """Yield each word of a phrase, cut to 32 characters; for a script without spaces also the text from each further letter."""
    words = name_key(f"x {phrase}").split()[1:]  # name_key drops an article at the start, but not after "x"
    for word in words or name_key(phrase).translate(_AS_LETTERS).split():
        yield word[:WORD_LENGTH]
        for start, letter in enumerate(word):
            if start and letter >= "\u0e00" and unicodedata.name(letter, "").startswith(UNSPACED_SCRIPTS):
                yield word[start : start + WORD_LENGTH]
