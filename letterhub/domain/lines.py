"""What a single printed line may hold: a name, a title, a place."""

import re
import unicodedata
from collections.abc import Callable, Mapping

from letterhub.domain.invisible import BLANKS, IGNORED, NEEDED, WITHOUT, has_ink
from letterhub.domain.normalizing import normalized

LONGEST_LINE = 300
LONGEST_PLACE = 80
MOST_MARKS = 5
MOST_LOOSE_MARKS = 3

_CLEANED: Mapping[int, str | None] = dict.fromkeys(IGNORED - NEEDED) | dict.fromkeys(BLANKS, " ")
_LOOSE = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")


def one_line(text: str) -> str:
    """The text as one printed line: composed, spaces folded, without controls, invisible signs and direction overrides; "" for
    one of which nothing can be seen.

    Joiners and direction marks that scripts and emoji need stay.
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
    """Why a line cannot be printed, as the end of a sentence: "is longer than 300 characters"; "" where it can."""
    if len(line) > LONGEST_LINE:
        return f"is longer than {LONGEST_LINE} characters"
    if _most(line, is_mark) > MOST_MARKS or _most(line, is_loose_mark) > MOST_LOOSE_MARKS:
        return "stacks too many marks on one letter"
    return ""


def trouble_with_place(line: str) -> str:
    """Why a line is no place that a part of a list could be called by, as the end of a sentence; "" where it may be one."""
    if len(line) > LONGEST_PLACE:
        return f"is longer than {LONGEST_PLACE} characters"
    return "has a colon or a question mark in it" if re.search("[:?：？]", line) else ""


def is_mark(letter: str) -> bool:
    """Whether it stands above, below or in the letter before it, and takes no place of its own."""
    return unicodedata.category(letter) in ("Mn", "Me") and ord(letter) not in IGNORED


def is_loose_mark(letter: str) -> bool:
    """Whether it is a mark that belongs to no script: fonts pile such marks up over the lines around."""
    return is_mark(letter) and _LOOSE.match(letter) is not None


def loose_marks(line: str) -> int:
    """How many marks stand in a line that no letter has by itself: of "é" none, however it is typed."""
    return sum(map(is_loose_mark, normalized("NFC", line)))


def _most(line: str, kind: Callable[[str], bool]) -> int:
    """The most marks of a kind that stand on one letter; what nobody sees between them parts none."""
    most = run = 0
    for letter in normalized("NFD", line).translate(WITHOUT):
        run = run + 1 if kind(letter) else run if is_mark(letter) else 0
        most = max(most, run)
    return most
