"""What a single printed line may hold: a name, a title, a place."""

import re
import unicodedata

from letterhub.domain.organizations import is_registered

LONGEST_LINE = 300
MOST_MARKS = 5

_INVISIBLE = re.compile("[\u00ad\u180e\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0001]")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://\S|(?<![\w.-])www\.[\w-]+\.\w|[^\s@]@[^\s@]+\.\w", re.IGNORECASE)
_PLACE_AT_A_HOST = re.compile(r"(?<![\w.-])((?:[\w-]+\.)+\w{2,})(?::\d+)?/[\w?#]")


def one_line(text: str) -> str:
    """The text as one printed line: composed, spaces folded, without controls, invisible signs and direction overrides.

    Joiners and direction marks that scripts and emoji need stay.
    """
    composed = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    kept = "".join(" " if letter.isspace() else letter for letter in composed if letter.isspace() or _can_be_printed(letter))
    return " ".join(kept.split())


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


def _most_marks(line: str) -> int:
    most = run = 0
    for letter in line:
        run = run + 1 if unicodedata.category(letter) in ("Mn", "Me") and letter != "\ufe0f" else 0
        most = max(most, run)
    return most


def holds_address(line: str) -> bool:
    """Whether a web or e-mail address stands in a line: "https://x.org", "www.x.org", "x.org/y", "y@x.org".

    "Change.org" and "Booking.com" are names of organizations, and "St. Mary/St. John" is one too.
    """
    return bool(_ADDRESS.search(line)) or any(is_registered(found[1]) for found in _PLACE_AT_A_HOST.finditer(line))
