"""List positions, written as a marker before a paragraph's text: Word's paragraphs have no list element around them."""

import re
from dataclasses import dataclass

_OPEN, _CLOSE = "\ufdd0", "\ufdd1"  # noncharacters: removed from input, so that no text contains them
_MARKER = re.compile("\ufdd0([0-9]{1,2}),([0-9]{0,9})\ufdd1")
_TYPED_BULLET = re.compile("[•·▪◦‣●■□➢]\\s+|\uf0b7\\s*|\uf0a7\\s*")


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
    if found := _MARKER.match(text):
        return ListPosition(int(found[1]), int(found[2]) if found[2] else None), text[found.end() :]
    if found := _TYPED_BULLET.match(text):
        return ListPosition(0, None), text[found.end() :]
    return None, text


def without_markers(text: str) -> str:
    """Return a text without markers, if it begins no paragraph after all."""
    return _MARKER.sub("", text)
