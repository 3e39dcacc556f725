"""List markers: our own before a paragraph's text, as Word's paragraphs have no list element around them, and Word's."""

import re
from dataclasses import dataclass

_OPEN, _CLOSE = "\ufdd0", "\ufdd1"  # noncharacters: removed from input, so that no text contains them
_MARKER = re.compile("\ufdd0([0-9]{1,2}),([0-9]{0,9})\ufdd1")
_TYPED_BULLET = re.compile("[•·▪◦‣●■□➢]\\s+|\uf0b7\\s*|\uf0a7\\s*")
_NUMBER = re.compile(r"\(?(?:(\d{1,6})|([a-z]{1,6}))[.)\-:]{0,2}", re.IGNORECASE)
_LAST_NUMBER = re.compile(r"(?:\d+\.)+(\d{1,6})\.?")
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


@dataclass(frozen=True, slots=True)
class ListPosition:
    """The depth of a list item, from 0, and its number; None for a bullet."""

    depth: int
    number: int | None


def list_marker(depth: int, number: int | None) -> str:
    """Return the marker before the text of a list item."""
    return f"{_OPEN}{depth},{'' if number is None else number}{_CLOSE}"


def split_list_position(text: str) -> tuple[ListPosition | None, str]:
    """Return the list position at the start of a text, and the text without; a bullet typed by hand counts."""
    if match := _MARKER.match(text):
        return ListPosition(int(match[1]), int(match[2]) if match[2] else None), text[match.end() :]
    if match := _TYPED_BULLET.match(text):
        return ListPosition(0, None), text[match.end() :]
    return None, text


def without_markers(text: str) -> str:
    """Return a text without markers, if it begins no paragraph after all."""
    return _MARKER.sub("", text)


def marker_number(marker: str) -> int | None:
    """Return the number of a marker: "3." and "1.3" are 3, "(b)" is 2, "iv." is 4; None for "·", "§", or a bare "o"."""
    text = marker.replace("\N{NO-BREAK SPACE}", " ").strip()
    if last_number := _LAST_NUMBER.fullmatch(text):
        return int(last_number[1])
    match = _NUMBER.fullmatch(text)
    if match is None or text == match[2]:  # a letter alone is a bullet: "o" is Word's second one
        return None
    return int(match[1]) if match[1] else _letter_number(match[2].casefold())


def _letter_number(letters: str) -> int | None:
    """Return a letter or a Roman numeral as a number; of one letter, only i, v and x are taken for Roman."""
    if len(letters) > 1 or letters in "ivx":
        return _roman_number(letters) if set(letters) <= _ROMAN.keys() else None
    return ord(letters) - ord("a") + 1


def _roman_number(letters: str) -> int:
    values = [_ROMAN[letter] for letter in letters]
    return sum(-value if value < max(values[index:]) else value for index, value in enumerate(values))
