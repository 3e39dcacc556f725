"""Characters that nobody sees: what Unicode says is not shown where a program does not know it, and a few blanks that pass
for letters or signs."""

import unicodedata

_IGNORED = """
    ad 34f 61c 115f-1160 17b4-17b5 180b-180f 200b-200f 202a-202e 2060-206f 3164 fe00-fe0f feff ffa0 fff0-fffb 1bca0-1bca3
    1d173-1d17a e0000-e0fff"""
_NEEDED = """
    61c 180b-180d 180f 200c-200f fe00-fe0f e0020-e007f e0100-e01ef"""
_BLANKS = "2800 1d159"
_NEVER_SEEN = frozenset({"Cc", "Cs", "Zl", "Zp", "Zs"})


def _codes(spans: str) -> frozenset[int]:
    ends = (span.split("-") for span in spans.split())
    return frozenset(code for end in ends for code in range(int(end[0], 16), int(end[-1], 16) + 1))


IGNORED = _codes(_IGNORED)
"""Default_Ignorable_Code_Point of Unicode 16, the fillers of Hangul among them, and the marks of annotations."""

NEEDED = _codes(_NEEDED)
"""Those of them that scripts, emoji and Japanese names need: joiners, marks of direction, selectors, and the tags of flags."""

BLANKS = _codes(_BLANKS)
"""The empty pattern of Braille, and a head of a note that has no ink: they take the place of a sign, and are as white."""

WITHOUT = dict.fromkeys(IGNORED)
"""For `str.translate`: a text without what nobody sees."""


_WHITE = IGNORED | BLANKS


def has_ink(text: str) -> bool:
    """Whether anything of a text can be seen."""
    return any(ord(letter) not in _WHITE and unicodedata.category(letter) not in _NEVER_SEEN for letter in text)
