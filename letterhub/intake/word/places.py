"""The place of a paragraph in a list, written before its text: Word's paragraphs have one each, and no list around them."""

import re
from dataclasses import dataclass

_OPEN, _CLOSE = "\ufdd0", "\ufdd1"  # no letters of any script: no text holds them once it was cleaned
_MARK = re.compile("\ufdd0([0-9]{1,2}),([0-9]{0,9})\ufdd1")
_TYPED = re.compile("[•·▪◦‣●■□➢]\\s+|\uf0b7\\s*|\uf0a7\\s*")


@dataclass(frozen=True, slots=True)
class ItemPlace:
    """How deep an item stands, from 0, and its number; None for one with a bullet."""

    depth: int
    number: int | None


def mark_of_item(depth: int, number: int | None) -> str:
    """What stands before the text of an item until it is read."""
    return f"{_OPEN}{depth},{'' if number is None else number}{_CLOSE}"


def place_of(text: str) -> tuple[ItemPlace | None, str]:
    """The place that a text begins with, and the text without; a bullet that was typed by hand is one too."""
    if found := _MARK.match(text):
        return ItemPlace(int(found[1]), int(found[2]) if found[2] else None), text[found.end() :]
    if found := _TYPED.match(text):
        return ItemPlace(0, None), text[found.end() :]
    return None, text


def unmarked(text: str) -> str:
    """A text that begins no paragraph after all."""
    return _MARK.sub("", text)
