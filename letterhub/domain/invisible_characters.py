"""Invisible characters: Unicode's default ignorables, and a few blanks that count as letters or symbols."""

import unicodedata

_DEFAULT_IGNORABLE = """
    ad 34f 61c 115f-1160 17b4-17b5 180b-180f 200b-200f 202a-202e 2060-206f 3164 fe00-fe0f feff ffa0 fff0-fffb 1bca0-1bca3
    1d173-1d17a e0000-e0fff"""
_NEEDED = """
    61c 180b-180d 180f 200c-200f fe00-fe0f e0020-e007f e0100-e01ef"""
_BLANKS = "2800 1d159"
_NEVER_SEEN = frozenset({"Cc", "Cs", "Zl", "Zp", "Zs"})


def _code_points(spans: str) -> frozenset[int]:
    """Return the code points of spans in hex, such as "ad 115f-1160"."""
    ends = (span.split("-") for span in spans.split())
    return frozenset(code for end in ends for code in range(int(end[0], 16), int(end[-1], 16) + 1))


DEFAULT_IGNORABLE = _code_points(_DEFAULT_IGNORABLE)
"""Default_Ignorable_Code_Point of Unicode 16 (with the Hangul fillers), and the interlinear annotation characters."""

NEEDED_IGNORABLE = _code_points(_NEEDED)
"""Ignorable characters that scripts, emoji and Japanese names need: joiners, direction marks, variation selectors, flag
tags."""

BLANKS = _code_points(_BLANKS)
"""Blank braille pattern and null notehead: symbols without ink."""

REMOVE_INVISIBLE = dict.fromkeys(DEFAULT_IGNORABLE)
"""Table for `str.translate` that removes invisible characters."""


_INVISIBLE = DEFAULT_IGNORABLE | BLANKS


def is_visible(text: str) -> bool:
    """Return whether a text has any visible character."""
    return any(ord(letter) not in _INVISIBLE and unicodedata.category(letter) not in _NEVER_SEEN for letter in text)
