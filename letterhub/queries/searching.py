"""Looking for words in columns that have no index of words: whatever their case, on every database."""

from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import InstrumentedAttribute


def holds(column: InstrumentedAttribute[Any] | ColumnElement[Any], words: str) -> ColumnElement[bool]:
    """Whether a column has the words in it.

    SQLite, and PostgreSQL by its locale, may know the case of ASCII letters alone: words with others are looked for as they
    were typed, in small and in capital letters, and with a capital at the beginning of each.
    """
    spellings = [words] if words.isascii() else sorted({words, words.lower(), words.upper(), words.title()})
    return or_(*(column.icontains(spelling, autoescape=True) for spelling in spellings))
