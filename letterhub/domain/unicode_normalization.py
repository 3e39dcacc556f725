"""Unicode normalization in linear instead of quadratic time. See docs/design/security.md."""

import re
import unicodedata
from itertools import groupby
from typing import Literal

MAX_CONSECUTIVE_MARKS = 30
"""Limit of Unicode's Stream-Safe Text Format. No language has ten marks on one letter."""

_STARTS_WITH_A_MARK = "\u0f73\u0f75\u0f81\uff9e\uff9f"
"""Letters that decompose into nothing but combining marks."""


def _marks() -> str:
    """Return the characters that normalization reorders, as code point ranges for a character class."""
    codes = (code for code in range(0x300, 0x1F000) if unicodedata.combining(chr(code)) or chr(code) in _STARTS_WITH_A_MARK)
    spans = (list(span) for _from, span in groupby(enumerate(codes), lambda pair: pair[1] - pair[0]))
    return "".join(f"{chr(span[0][1])}-{chr(span[-1][1])}" for span in spans)


_MARK = f"[{_marks()}]"
_EXCESS_MARKS = re.compile(f"({_MARK}{{{MAX_CONSECUTIVE_MARKS}}}){_MARK}+")


def normalize_unicode(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    """Normalize a text, dropping combining marks beyond the thirtieth in a row.

    Python reorders such a row by comparing each mark with those before it: 60,000 block the process for seconds.
    """
    return text if text.isascii() else unicodedata.normalize(form, _EXCESS_MARKS.sub(r"\1", text))
