"""Keys of organization names: to match them, to compare wording and spelling, and to sort them.

See docs/design/organizations.md.
"""

import re
import unicodedata
from functools import lru_cache

from letterhub.domain.unicode import collation_key, normalize_unicode

_ARTICLE = re.compile(r"^(?:the|a|an)\s+(?=\S)", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]+")
_ANY_NUMBER = re.compile(r"\d+")
_JOINS = re.compile(r"(?<=[^\s.,'’–—-])(?:[.,'’–—-]|\s[–—-](?=\s))")
_ASCII_PUNCTUATION = {code: " " for code in range(0x80) if unicodedata.category(chr(code))[0] in "PZ"}
KEY_LENGTH = 300
MIN_ACCENT_CLASS = 200  # combining classes from here on stand above, below or beside a letter, not through it


@lru_cache(maxsize=4_096)
def name_key(name: str) -> str:
    """Return the match key of a name: without case, accents, width, "The", "&" and punctuation. At most 300 characters.

    Vowel signs, which are letters in the scripts of India, stay: without them different words would be equal.
    """
    plain = normalize_unicode("NFKD", name).casefold().replace("&", " and ")
    letters = (letter for letter in plain if not unicodedata.combining(letter))
    words = "".join(letter if letter.isalnum() or unicodedata.category(letter) in ("Mc", "Mn") else " " for letter in letters)
    bare = _ARTICLE.sub("", " ".join(words.split())) or "".join(plain.split())
    return bare[:KEY_LENGTH]


def wording_key(text: str) -> str:
    """Return the key of a text's wording: without case, accents, "The", spaces and punctuation only.

    It is as long as the text, and symbols such as emoji count. A stroke through a letter is no accent.
    """
    plain = normalize_unicode("NFKD", text).casefold().replace("&", " and ")
    if plain.isascii():
        words = plain.translate(_ASCII_PUNCTUATION)
    else:
        letters = (letter for letter in plain if not _is_accent(letter))
        words = "".join(" " if unicodedata.category(letter)[0] in "PZ" else letter for letter in letters)
    return _ARTICLE.sub("", " ".join(words.split())) or "".join(plain.split())


def spelling_key(text: str) -> str:
    """Return the key of a text's spelling variants, stricter than `wording_key`: "X" is not "(X)".

    Case, accents, "The", spaces, "&" and what ends or joins words (. , ' - –) are removed; quotes, brackets, "?", "!" and
    letters in another style, such as Fraktur, are kept.
    """
    plain = normalize_unicode("NFD", text).casefold().replace("&", " and ")
    bare = "".join(letter for letter in plain if not _is_accent(letter))
    return _ARTICLE.sub("", " ".join(_JOINS.sub(" ", " ".join(bare.split())).split()))


def _is_accent(letter: str) -> bool:
    return "\u0300" <= letter <= "\u036f" and unicodedata.combining(letter) >= MIN_ACCENT_CLASS


def sort_name(name: str) -> str:
    """Return a name as alphabetical lists sort it: without an article, and without symbols before the first letter. "The Arc"
    becomes "Arc"."""
    bare = normalize_unicode("NFC", name).strip()
    start = next((index for index, letter in enumerate(bare) if letter.isalnum()), 0)
    bare = bare[start:]
    return _ARTICLE.sub("", bare) or bare


@lru_cache(maxsize=16_384)
def sort_key(name: str, alphabet: str = "") -> str:
    """Return a string that sorts as readers expect on every database: the Unicode collation key of the sort name, in the
    alphabet of a letter if one is given, with the numbers in the digits of its language.

    At most 1,200 characters, so that a database can index it.
    """
    number = _ANY_NUMBER if alphabet else _NUMBER
    return collation_key(number.sub(_by_length, sort_name(name)[:80]), alphabet)[:1200]


def _by_length(number: re.Match[str]) -> str:
    """Return a number with its count of digits before it, so that "Local 2" sorts before "Local 10"."""
    digits = "".join(str(unicodedata.decimal(digit)) for digit in number[0]).lstrip("0") or "0"
    return f"{min(len(digits), 9)}{digits}"
