"""A text in one spelling of Unicode's, in a time that grows with its length and not with its square."""

import re
import unicodedata
from itertools import groupby
from typing import Literal

MOST_MARKS_IN_A_ROW = 30
"""As many as Unicode's own format for streams lets stand there. No language has ten on one letter."""

_STARTS_WITH_A_MARK = "\u0f73\u0f75\u0f81\uff9e\uff9f"
"""Letters to Unicode, of which nothing but marks is left when they are taken apart."""


def _marks() -> str:
    """What is put in order when a text is normalized, as it is written in a pattern: spans of code points."""
    codes = (code for code in range(0x300, 0x1F000) if unicodedata.combining(chr(code)) or chr(code) in _STARTS_WITH_A_MARK)
    spans = (list(span) for _from, span in groupby(enumerate(codes), lambda pair: pair[1] - pair[0]))
    return "".join(f"{chr(span[0][1])}-{chr(span[-1][1])}" for span in spans)


_MARK = f"[{_marks()}]"
_PILE = re.compile(f"({_MARK}{{{MOST_MARKS_IN_A_ROW}}}){_MARK}+")


def normalized(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    """The text in a normal form, without marks beyond the thirtieth in a row.

    Such a row is put in order by comparing each mark with those before it: sixty thousand hold a whole process for seconds.
    """
    return text if text.isascii() else unicodedata.normalize(form, _PILE.sub(r"\1", text))
