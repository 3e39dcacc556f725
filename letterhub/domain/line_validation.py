"""Validation of single-line text: a name, a title, a place. See docs/design/security.md."""

import re
import unicodedata
from collections.abc import Callable, Mapping

from letterhub.domain.invisible_characters import BLANKS, IGNORED, NEEDED, WITHOUT, has_ink
from letterhub.domain.unicode_text import normalized

LONGEST_LINE = 300
LONGEST_PLACE = 80
MOST_MARKS = 5
MOST_LOOSE_MARKS = 3

_CLEANED: Mapping[int, str | None] = dict.fromkeys(IGNORED - NEEDED) | dict.fromkeys(BLANKS, " ")
_LOOSE = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")


def one_line(text: str) -> str:
    """Normalize to one printed line: NFC, spaces collapsed, without control and invisible characters and direction overrides;
    "" if nothing visible is left.

    Joiners and direction marks that scripts and emoji need are kept.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    composed = normalized("NFC", text.translate(_CLEANED))
    kept = "".join(" " if letter.isspace() else letter for letter in composed if letter.isspace() or _can_be_printed(letter))
    line = " ".join(kept.split())
    return line if line.isascii() or has_ink(line) else ""


def _can_be_printed(letter: str) -> bool:
    return (
        unicodedata.category(letter) not in ("Cc", "Cs")
        and ord(letter) & 0xFFFE != 0xFFFE
        and not 0xFDD0 <= ord(letter) < 0xFDF0
    )


def trouble_with_line(line: str) -> str:
    """Return why a line cannot be printed, as the end of a sentence: "is longer than 300 characters"; "" if it can."""
    if len(line) > LONGEST_LINE:
        return f"is longer than {LONGEST_LINE} characters"
    if _most(line, is_mark) > MOST_MARKS or _most(line, is_loose_mark) > MOST_LOOSE_MARKS:
        return "stacks too many marks on one letter"
    return ""


def trouble_with_place(line: str) -> str:
    """Return why a line cannot be the place heading of a group, as the end of a sentence; "" if it can."""
    if len(line) > LONGEST_PLACE:
        return f"is longer than {LONGEST_PLACE} characters"
    return "has a colon or a question mark in it" if re.search("[:?：？]", line) else ""


def is_mark(letter: str) -> bool:
    """Return whether a character is a combining mark without width."""
    return unicodedata.category(letter) in ("Mn", "Me") and ord(letter) not in IGNORED


def is_loose_mark(letter: str) -> bool:
    """Return whether it is a combining mark of no script: fonts stack such marks over neighboring lines."""
    return is_mark(letter) and _LOOSE.match(letter) is not None


def loose_marks(line: str) -> int:
    """Count the combining marks of a line that compose with no letter: none in "é", however it is typed."""
    return sum(map(is_loose_mark, normalized("NFC", line)))


def _most(line: str, kind: Callable[[str], bool]) -> int:
    """Return the most marks of a kind on one letter; invisible characters between them are ignored."""
    most = run = 0
    for letter in normalized("NFD", line).translate(WITHOUT):
        run = run + 1 if kind(letter) else run if is_mark(letter) else 0
        most = max(most, run)
    return most
