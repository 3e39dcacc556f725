"""Validation of single-line text: a name, a title, a place. See docs/design/security.md."""

import re
import unicodedata
from collections.abc import Callable, Mapping

from letterhub.domain.i18n import _
from letterhub.domain.invisible_characters import BLANKS, DEFAULT_IGNORABLE, NEEDED_IGNORABLE, REMOVE_INVISIBLE, is_visible
from letterhub.domain.unicode_normalization import normalize_unicode

MAX_LINE_LENGTH = 300
MAX_PLACE_LENGTH = 80
MAX_MARKS = 5
MAX_SCRIPTLESS_MARKS = 3

_CLEANUP: Mapping[int, str | None] = dict.fromkeys(DEFAULT_IGNORABLE - NEEDED_IGNORABLE) | dict.fromkeys(BLANKS, " ")
_SCRIPTLESS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")


def normalize_line(text: str) -> str:
    """Normalize to one printed line: NFC, spaces collapsed, without control and invisible characters and direction overrides;
    "" if nothing visible is left.

    Joiners and direction marks that scripts and emoji need are kept.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    composed = normalize_unicode("NFC", text.translate(_CLEANUP))
    printable = "".join(
        " " if letter.isspace() else letter for letter in composed if letter.isspace() or _can_be_printed(letter)
    )
    line = " ".join(printable.split())
    return line if line.isascii() or is_visible(line) else ""


def _can_be_printed(letter: str) -> bool:
    """Return whether a character is neither a control, a surrogate nor one of Unicode's noncharacters."""
    return (
        unicodedata.category(letter) not in ("Cc", "Cs")
        and ord(letter) & 0xFFFE != 0xFFFE
        and not 0xFDD0 <= ord(letter) < 0xFDF0
    )


def line_error(line: str) -> str:
    """Return why a line cannot be printed, as the end of a sentence: "is longer than 300 characters"; "" if it can."""
    if len(line) > MAX_LINE_LENGTH:
        return _("is longer than %(most)s characters", most=MAX_LINE_LENGTH)
    if not line.isascii() and (
        _most_marks_on_one_letter(line, is_combining_mark) > MAX_MARKS
        or _most_marks_on_one_letter(line, is_scriptless_mark) > MAX_SCRIPTLESS_MARKS
    ):
        return _("stacks too many marks on one letter")
    return ""


def place_error(line: str) -> str:
    """Return why a line cannot be the place heading of a group, as the end of a sentence; "" if it can."""
    if len(line) > MAX_PLACE_LENGTH:
        return _("is longer than %(most)s characters", most=MAX_PLACE_LENGTH)
    return _("contains a colon or a question mark") if re.search("[:?：？]", line) else ""


def is_combining_mark(letter: str) -> bool:
    """Return whether a character is a combining mark without width."""
    return unicodedata.category(letter) in ("Mn", "Me") and ord(letter) not in DEFAULT_IGNORABLE


def is_scriptless_mark(letter: str) -> bool:
    """Return whether it is a combining mark of no script: fonts stack such marks over neighboring lines."""
    return is_combining_mark(letter) and _SCRIPTLESS.match(letter) is not None


def count_scriptless_marks(line: str) -> int:
    """Count the combining marks of a line that compose with no letter: none in "é", however it is typed."""
    return sum(map(is_scriptless_mark, normalize_unicode("NFC", line)))


def _most_marks_on_one_letter(line: str, kind: Callable[[str], bool]) -> int:
    """Return the most marks of a kind on one letter; invisible characters between them are ignored."""
    most = run = 0
    for letter in normalize_unicode("NFD", line).translate(REMOVE_INVISIBLE):
        run = run + 1 if kind(letter) else run if is_combining_mark(letter) else 0
        most = max(most, run)
    return most
