"""Parsing of organization names: words, acronyms, look-alike keys and meanings. See docs/design/organizations.md."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from letterhub.domain.organizations.confusables import expand_umlauts, fold_letters, latinize, skeleton, strip_annotations
from letterhub.domain.organizations.vocabulary import (
    AND_WORDS,
    COUNTRIES_IN_WORDS,
    COUNTRY_WORDS,
    FULL_WORDS,
    GENERIC_WORDS,
    LEGAL_FORMS,
    LEGAL_FORMS_IN_WORDS,
    MEANINGS,
    STOP_WORDS,
)
from letterhub.domain.organizations.websites import has_public_suffix
from letterhub.domain.unicode import REMOVE_INVISIBLE

Words = tuple[str, ...]
_ARTICLES = frozenset("the a an der die das la le les el los las il lo gli het".split())
_APOSTROPHE_S = re.compile(r"[’'ʼ`´](?=s\b)", re.IGNORECASE)
_PIECES = re.compile(r"\s*[()\[\]|]\s*|\s+[-–—/]+\s+|[:;,]\s+")
_WEB_NAME = re.compile(r"^[\w-]+(?:\.[\w-]+)+$")
_DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}(?:[^\W\d_]\b)?")
_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")
_DIGITS_AS_LETTERS = re.compile(r"[a-z]\d+[a-z]|^\d[a-z]{3,}$|^[a-z]{3,}\d$")
_FIGURES = str.maketrans("3478926", "eatbgzg")
_ASCII_SIGNS = re.compile(r"[^0-9A-Za-z]")
_COUNTRIES = tuple((country, re.compile(rf"\b{country}\b"), word) for country, word in COUNTRIES_IN_WORDS)
_WEAK_WORDS = COUNTRY_WORDS | GENERIC_WORDS
MAX_ACRONYM_LENGTH = 10
MAX_LOWERCASE_ACRONYM_LENGTH = 5


@dataclass(frozen=True, slots=True)
class NameParts:
    """Parsed name: `wordings` are its spellings; `words` its words without small ones such as articles and prepositions.

    `core` are its words without countries and generic words such as "association", `meaning` its words in English, sorted.
    `letters` are those of all words, joined, and `look` the look-alike key of them. `figures` are its words with digits.
    `initials` are those of its words, `acronyms` those it states or is. `is_web_name`: it ends like a web address.
    """

    wordings: frozenset[str]
    words: Words
    core: Words
    meaning: Words
    letters: str
    look: str
    figures: Words
    initials: frozenset[str]
    acronyms: frozenset[str]
    is_web_name: bool


@lru_cache(maxsize=32_768)
def parse_name(name: str) -> NameParts:
    """Return the parts of an organization's name by which it is compared with others."""
    name = _DOTTED.sub(lambda dotted: dotted[0].replace(".", ""), strip_annotations(name.translate(REMOVE_INVISIBLE)))
    base, stated_acronyms = _split_acronym(name)
    webless = _without_web_ending(base)
    words = name_words(webless)
    significant = tuple(word for word in words if word not in STOP_WORDS) or words
    wordings = {" ".join(name_words(base)), " ".join(name_words(expand_umlauts(base))), " ".join(name_words(name))}
    own_acronyms = frozenset({"".join(words)} if _is_acronym(webless) else ())
    # A bar beside a letter separates nothing: "Example A|liance (EA)" looks like "Example Alliance".
    shown = webless if "|" not in name else _without_web_ending(_split_acronym(latinize(name))[0])
    return NameParts(
        wordings=frozenset(wordings),
        words=significant,
        core=tuple(word for word in significant if word not in _WEAK_WORDS) or significant,
        meaning=tuple(sorted(MEANINGS.get(word, word) for word in significant)),
        letters="".join(words),
        look=skeleton("".join(name_words(latinize(shown)))),
        figures=tuple(word for word in significant if any(sign.isdigit() for sign in word)),
        initials=_initials(words),
        acronyms=own_acronyms | stated_acronyms,
        is_web_name=webless != base,
    )


@lru_cache(maxsize=4_096)
def name_words(name: str) -> Words:
    """Return the words of a name in small plain letters: without article, legal form and invisible characters; "&" as "and"."""
    visible = name if name.isascii() else "".join(sign for sign in name if unicodedata.category(sign) != "Cf")
    text = _APOSTROPHE_S.sub("", visible)
    plain = fold_letters(text.replace("&", " and ").replace("+", " and "))
    words = _without_signs(plain).split() or ["".join(plain.split())]
    words = _with_countries_as_words(_without_legal_form(" ".join(_without_article(words))))
    return tuple(_canonical_word(word) for word in _without_article(words))


@lru_cache(maxsize=4_096)
def word_tokens(text: str) -> Words:
    """Return all words of a text in small plain letters, Latin where they look like it; "ExampleAlliance" is two words, and
    digits between letters become the letters they stand for."""
    text = latinize(_DOTTED.sub(lambda dotted: dotted[0].replace(".", ""), text.translate(REMOVE_INVISIBLE)))
    plain = fold_letters(_APOSTROPHE_S.sub("", _HUMPS.sub(" ", text)).replace("&", " and ").replace("+", " and "))
    words = _with_countries_as_words(
        " ".join(
            word if word.isalpha() or word.isdigit() or not _DIGITS_AS_LETTERS.search(word) else word.translate(_FIGURES)
            for word in _without_signs(plain).split()
        )
    )
    tokens: list[str] = []
    for at, word in enumerate(words):
        neighbors = (*words[max(at - 1, 0) : at], *words[at + 1 : at + 2])
        is_spaced_letter = len(word) == 1 and any(len(neighbor) == 1 for neighbor in neighbors)  # as in "E x a m p l e"
        tokens.append(word if is_spaced_letter else _canonical_word(word))
    return tuple(tokens)


def _without_signs(plain: str) -> str:
    """Return a text with a space for every character but letters, digits and vowel signs."""
    if plain.isascii():
        return _ASCII_SIGNS.sub(" ", plain)
    return "".join(sign if sign.isalnum() or unicodedata.category(sign) in ("Mc", "Mn") else " " for sign in plain)


def _with_countries_as_words(words: str) -> list[str]:
    """Return words joined by spaces as a list, each country of several words as one."""
    for country, pattern, word in _COUNTRIES:
        if country in words:
            words = pattern.sub(word, words)
    return words.split()


def _canonical_word(word: str) -> str:
    return "and" if word in AND_WORDS else FULL_WORDS.get(word, word.replace("isation", "ization"))


def _without_article(words: list[str]) -> list[str]:
    return words[1:] if len(words) > 1 and words[0] in _ARTICLES else words


def _without_legal_form(words: str) -> str:
    """Return words, joined by spaces, without a legal form at the end or start, unless nothing would be left."""
    for form in LEGAL_FORMS_IN_WORDS:
        if words.endswith(f" {form}"):
            return words.removesuffix(f" {form}").strip()
    rest = words.split()
    while len(rest) > 1 and rest[-1] in LEGAL_FORMS:
        rest.pop()
    if len(rest) > 1 and rest[0] in LEGAL_FORMS:
        rest.pop(0)
    if len(rest) > 1 and rest[-1] == "and":
        rest.pop()
    return " ".join(rest)


def _split_acronym(name: str) -> tuple[str, frozenset[str]]:
    """Split off an acronym that a name states itself, as in "Example Relief Fund (ERF)" or "Example Relief Fund ERF".

    Return the name without it, and a set of the acronym in small letters; the whole name and an empty set if it states none.
    """
    pieces = [piece for piece in _PIECES.split(name) if piece.strip()]
    in_capitals = name.isupper()
    for at, piece in enumerate(pieces):
        rest = name.replace(piece, " ", 1) if len(pieces) > 1 else ""
        rest = re.sub(r"[()\[\]|]", " ", rest).strip(" -–—/:;,")
        if not rest or not _is_acronym(piece) or fold_letters(piece) in COUNTRY_WORDS or len(pieces) > 3:
            continue
        acronym = "".join(name_words(piece))
        if acronym in _initials(name_words(rest)) or (
            not in_capitals and (at == 0 or name.rstrip().endswith((")", "]", piece)))
        ):
            return rest, frozenset({acronym})
    words = name.split()
    for candidate, other_words in ((words[-1:], words[:-1]), (words[:1], words[1:])):
        if len(other_words) > 1 and _is_acronym(candidate[0]):
            rest, acronym = " ".join(other_words), "".join(name_words(candidate[0]))
            if acronym in _initials(name_words(rest)):
                return rest, frozenset({acronym})
    return name, frozenset()


def _is_acronym(text: str) -> bool:
    """Return whether a text is written as an acronym: one short word of several capitals, or of a few small letters."""
    letters = [sign for sign in text if sign.isalpha()]
    is_one_word = not any(sign.isspace() or sign == "." for sign in text.strip())
    if not is_one_word or not 2 <= len(letters) <= MAX_ACRONYM_LENGTH:
        return False
    has_capitals = sum(sign.isupper() for sign in letters) > 1
    return has_capitals or (text.islower() and len(letters) <= MAX_LOWERCASE_ACRONYM_LENGTH)


def _initials(words: Words) -> frozenset[str]:
    """Return the initials of all words, and those of the words without small ones such as "of", leaving out any of fewer than
    three letters."""
    all_initials = "".join(word[0] for word in words)
    significant = "".join(word[0] for word in words if word not in STOP_WORDS)
    return frozenset(initials for initials in (all_initials, significant) if len(initials) > 2)


def _without_web_ending(name: str) -> str:
    """Return a name without the ending of a web address, "Example" of "Example.org"; unchanged if it has none."""
    bare = name.strip()
    if _WEB_NAME.match(bare) and has_public_suffix(bare):
        return bare.rpartition(".")[0]
    return name
