"""Hyphenation: the places where a word may be divided, by the patterns of its language or as its author typed them.

WeasyPrint loses the hyphen of a typed soft hyphen (U+00AD), and divides no other word on the same line. So soft hyphens are
taken out of the text, and the words that had them are divided by the dictionary, which WeasyPrint asks for each line.
"""

import re
from typing import Any

import pyphen

SOFT_HYPHEN = "\xad"
_TYPED = re.compile(rf"\w+(?:{SOFT_HYPHEN}+\w+)+")

Key = tuple[str, int, int, int]
"""Name of a dictionary in WeasyPrint: language, fewest letters before and after a hyphen, fewest letters of a word."""


class HyphenationDictionary:
    """Dictionary of one language, in place of a `pyphen.Pyphen`, of which WeasyPrint calls `iterate`.

    `left` and `right` are the fewest characters before and after a hyphen.
    """

    def __init__(self, language: str, left: int, right: int) -> None:
        self._patterns = pyphen.Pyphen(lang=language, left=left, right=right)
        self._typed: dict[str, set[int]] = {}

    def positions(self, word: str) -> list[int]:
        """Return the places where a word may be divided, from its start; a typed word is divided there alone.

        Places where its spelling would change, as in Hungarian, are left out: WeasyPrint cannot set them.
        """
        if word in self._typed:
            return sorted(self._typed[word])
        return [int(place) for place in self._patterns.positions(word) if place.data is None]

    def iterate(self, word: str) -> list[tuple[str, str]]:
        """Return the two parts of a word for each place, the last place first."""
        return [(word[:place], word[place:]) for place in reversed(self.positions(word))]

    def take_typed(self, text: str) -> str:
        """Return a text without soft hyphens, having learned where they divide its words."""
        for typed in _TYPED.findall(text):
            parts = [part for part in typed.split(SOFT_HYPHEN) if part]
            word = "".join(parts)
            self._typed.setdefault(word, set()).update(len("".join(parts[:count])) for count in range(1, len(parts)))
        return text.replace(SOFT_HYPHEN, "")


class HyphenationDictionaries(dict[Key, HyphenationDictionary]):
    """All dictionaries of one letter: WeasyPrint finds one for each language that it asks for."""

    def get(self, key: Key, _default: Any = None) -> HyphenationDictionary:
        """Return the dictionary of a key, made at the first call."""
        if key not in self:
            language, left, right, _total = key
            self[key] = HyphenationDictionary(language, left, right)
        return self[key]

    def of(self, style: Any) -> HyphenationDictionary | None:
        """Return the dictionary of a text's style, None where its words are not divided automatically."""
        language = pyphen.language_fallback(style["lang"]) if style["hyphens"] == "auto" and style["lang"] else None
        if not language:
            return None
        total, left, right = style["hyphenate_limit_chars"]
        return self.get((language, left, right, total))
