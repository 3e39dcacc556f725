"""Sentence endings after a value with its own punctuation, as “Otters, Inc.” and “Who Cares?”: no second period."""

import re
from collections.abc import Mapping
from typing import Any

from letterhub.domain.number_formatting import number_in_digits

_PLACE = re.compile(r"%\((\w+)\)s((?:</\w+>|[”’\"'»])*)([.!?])(?!\.)")
_AROUND = re.compile(r"(?:</\w+>|[”’\"'»\s]|&#34;|&#39;)*$")
IDENTIFIERS = ("line", "number", "port", "code", "year")
"""Names of values that are no counts, and have no separators."""
ENDS = (".", "?", "!", "…", "。", "！", "？", "؟", "۔", "।")


def ends_sentence(text: str) -> bool:
    """Return whether a text ends like a sentence, ignoring quotation marks and closing tags."""
    return _without_closing_marks(text).endswith(ENDS)


def _without_closing_marks(text: str) -> str:
    """Return the end of a text without quotation marks and closing tags; its last 200 characters decide.

    A search for the end of a run starts at each of its characters, and a text may come from a stranger.
    """
    return _AROUND.sub("", text[-200:])


def with_period(text: str) -> str:
    """Return a text with a final period, unless it ends a sentence already: "Otters, Inc."."""
    return text if ends_sentence(text) else f"{text}."


def filled_sentence(sentence: str, values: Mapping[str, Any], text: type[str] = str) -> str:
    """Return a sentence with its values; counts have thousands separators, and Markup as `text` escapes the others."""
    formatted = {
        name: number_in_digits(value) if type(value) is int and name not in IDENTIFIERS else value
        for name, value in values.items()
    }
    return text(fill_sentence(sentence, formatted)) % formatted


def fill_sentence(sentence: str, values: Mapping[str, Any]) -> str:
    """Return a sentence with placeholders like `%(name)s`, without the period after a value that ends a sentence itself.

    A question mark stays after an abbreviation ("Is it Otters, Inc.?"), and is not doubled.
    """

    def without_second_period(match: re.Match[str]) -> str:
        value = str(values.get(match[1], ""))
        doubled = ends_sentence(value) if match[3] == "." else _without_closing_marks(value).endswith(match[3])
        return f"%({match[1]})s{match[2]}{'' if doubled else match[3]}"

    return _PLACE.sub(without_second_period, sentence)
