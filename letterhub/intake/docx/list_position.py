"""List positions, written as a marker before a paragraph's text: Word's paragraphs have no list element around them."""

import re
from dataclasses import dataclass

_OPEN, _CLOSE = "\ufdd0", "\ufdd1"  # noncharacters: removed from input, so that no text contains them
_MARK = re.compile("\ufdd0([0-9]{1,2}),([0-9]{0,9})\ufdd1")
_TYPED = re.compile("[•·▪◦‣●■□➢]\\s+|\uf0b7\\s*|\uf0a7\\s*")


@dataclass(frozen=True, slots=True)
class ItemPlace:
    """The depth of a list item, from 0, and its number; None for a bullet."""

    depth: int
    number: int | None


def mark_of_item(depth: int, number: int | None) -> str:
    """Return the marker before the text of a list item."""
    return f"{_OPEN}{depth},{'' if number is None else number}{_CLOSE}"


def place_of(text: str) -> tuple[ItemPlace | None, str]:
    """Return the list position at the start of a text, and the text without; a bullet typed by hand counts."""
    if found := _MARK.match(text):
        return ItemPlace(int(found[1]), int(found[2]) if found[2] else None), text[found.end() :]
    if found := _TYPED.match(text):
        return ItemPlace(0, None), text[found.end() :]
    return None, text


def unmarked(text: str) -> str:
    """Return a text without markers, if it begins no paragraph after all."""
    return _MARK.sub("", text)
