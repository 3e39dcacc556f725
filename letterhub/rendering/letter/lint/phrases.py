"""Phrases of a letter, quoted in sentences about it."""

from collections.abc import Iterable
from itertools import islice

MAX_LISTED = 3
MAX_PHRASE_LENGTH = 60


def quoted(phrases: Iterable[str]) -> str:
    """Return the first phrases, each once and in quotation marks: “a”, “b”, “c”, …; "" without phrases."""
    unique = dict.fromkeys(" ".join(phrase.split()) for phrase in phrases)
    cut = (phrase if len(phrase) <= MAX_PHRASE_LENGTH else f"{phrase[:MAX_PHRASE_LENGTH]}…" for phrase in unique)
    return first_few(f"“{phrase}”" for phrase in cut)


def first_few(phrases: Iterable[str]) -> str:
    """Return phrases in one line, with an ellipsis for more than a few."""
    listed = list(islice(phrases, MAX_LISTED + 1))
    return ", ".join([*listed[:MAX_LISTED], *("…" for _more in listed[MAX_LISTED:])])
