"""Case-insensitive text search in unindexed columns, on every database. See docs/design/databases.md."""

from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import InstrumentedAttribute


def contains_text(column: InstrumentedAttribute[Any] | ColumnElement[Any], words: str) -> ColumnElement[bool]:
    """Return the condition that a column contains the words.

    SQLite, and PostgreSQL in some locales, fold the case of ASCII only: other words are searched as typed, in lower, upper and
    title case.
    """
    spellings = [words] if words.isascii() else sorted({words, words.lower(), words.upper(), words.title()})
    return or_(*(column.icontains(spelling, autoescape=True) for spelling in spellings))
