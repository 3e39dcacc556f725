"""What a single printed line may hold: a name, a title, a place."""

import re
import unicodedata
from collections.abc import Mapping

from letterhub.domain.invisible import BLANKS, IGNORED, NEEDED, WITHOUT, has_ink
from letterhub.domain.organizations import is_registered

LONGEST_LINE = 300
LONGEST_PLACE = 80
MOST_MARKS = 5

_CLEANED: Mapping[int, str | None] = dict.fromkeys(IGNORED - NEEDED) | dict.fromkeys(BLANKS, " ")
_ADDRESS = re.compile(
    r"""
    [a-z][a-z0-9+.-]+:[/\\]{2}\S            # https://x, and with its slashes turned
    | \b(?:mailto|tel|sms|callto|javascript|vbscript):\S
    | (?<![\w.-])www\.[\w-]+\.\w
    | [^\s@]@[^\s@]+\.\w
    | (?<![\w\\])\\\\\w                      # \\machine\folder
    | (?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?/\S
    | (?<!\w)\[[0-9a-f]*:[0-9a-f:.]*\](?::\d+)?/\S
    """,
    re.IGNORECASE | re.VERBOSE,
)
_PLACE_AT_A_HOST = re.compile(r"(?<![\w.-])((?:[\w-]+\.)+[\w-]{2,})\.?(?::\d+)?/\S")


def one_line(text: str) -> str:
    """The text as one printed line: composed, spaces folded, without controls, invisible signs and direction overrides; "" for
    one of which nothing can be seen.

    Joiners and direction marks that scripts and emoji need stay.
    """
    composed = unicodedata.normalize("NFC", text.translate(_CLEANED))
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
    if _most_marks(line) > MOST_MARKS:
        return f"stacks more than {MOST_MARKS} marks on one letter"
    return ""


def trouble_with_place(line: str) -> str:
    """Why a line is no place that a part of a list could be called by, as the end of a sentence; "" where it may be one."""
    if len(line) > LONGEST_PLACE:
        return f"is longer than {LONGEST_PLACE} characters"
    return "has a colon or a question mark in it" if re.search("[:?：？]", line) else ""


def _most_marks(line: str) -> int:
    most = run = 0
    for letter in line:
        run = run + 1 if unicodedata.category(letter) in ("Mn", "Me") and letter != "\ufe0f" else 0
        most = max(most, run)
    return most


def holds_address(line: str) -> bool:
    """Whether an address stands in a line that a program may make a link: "https://x.org", "www.x.org", "x.org/y", "y@x.org",
    "1.2.3.4/y", "\\\\x\\y", "tel:1".

    "Change.org" and "Booking.com" are names of organizations, and "St. Mary/St. John" is one too.
    """
    seen = unicodedata.normalize("NFKC", line).translate(WITHOUT)
    return bool(_ADDRESS.search(seen)) or any(is_registered(found[1]) for found in _PLACE_AT_A_HOST.finditer(seen))
