"""List markers of Word's clipboard: a number, or a bullet of one of its fonts."""

import re

_NUMBER = re.compile(r"\(?(?:(\d{1,6})|([a-z]{1,6}))[.)\-:]{0,2}", re.IGNORECASE)
_LAST_NUMBER = re.compile(r"(?:\d+\.)+(\d{1,6})\.?")
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


def marker_number(sign: str) -> int | None:
    """Return the number of a marker: "3." and "1.3" are 3, "(b)" is 2, "iv." is 4; None for "·", "§", or a bare "o"."""
    bare = sign.replace("\N{NO-BREAK SPACE}", " ").strip()
    if last := _LAST_NUMBER.fullmatch(bare):
        return int(last[1])
    found = _NUMBER.fullmatch(bare)
    if found is None or bare == found[2]:  # a letter alone is a bullet: "o" is Word's second one
        return None
    return int(found[1]) if found[1] else _letter_number(found[2].casefold())


def _letter_number(letters: str) -> int | None:
    """Return a letter or a Roman numeral as a number; of one letter, only i, v and x are taken for Roman."""
    if len(letters) > 1 or letters in "ivx":
        return _roman(letters) if set(letters) <= _ROMAN.keys() else None
    return ord(letters) - ord("a") + 1


def _roman(letters: str) -> int:
    worth = [_ROMAN[letter] for letter in letters]
    return sum(-one if one < max(worth[at:]) else one for at, one in enumerate(worth))
