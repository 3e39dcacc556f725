"""Running heads that fit their line: on later pages, "Clean Rivers for All · The President · January 8, 2022"."""

import unicodedata
from collections.abc import Callable

from letterhub.rendering.letter.document_locale import PART_SEPARATOR

MeasureWidth = Callable[[str], float]
_MIN_LENGTH = 12
_WIDTH, _FULL_WIDTH = 0.53, 1.0  # of a character, in widths of an em: of an average one in the widest of the usual fonts
_FULL_WIDTHS = frozenset("WF")


def fit_running_head(running: str, max_width: float, width: MeasureWidth) -> str:
    """Return a running head that fits: of "Subject · To whom · When" the first part is shortened, so that the date stays."""
    subject, separator, rest = running.partition(PART_SEPARATOR)
    others = width(running) - width(subject)
    return truncate_to_width(truncate_to_width(subject, max_width - others, width) + separator + rest, max_width, width)


def truncate_to_width(text: str, max_width: float, width: MeasureWidth) -> str:
    """Return the text, cut at a word with an ellipsis if it is too wide."""
    while width(text) > max_width and len(text) > _MIN_LENGTH:
        shorter = text.rstrip("…")
        text = (shorter.rpartition(" ")[0] or shorter[:-1]).rstrip(" ·,") + "…"
    return text


def estimated_width(text: str) -> float:
    """Return about how wide a text is in a font that is not known, in ems."""
    letters = (letter for letter in text if not unicodedata.combining(letter))
    return sum(_FULL_WIDTH if unicodedata.east_asian_width(letter) in _FULL_WIDTHS else _WIDTH for letter in letters)
