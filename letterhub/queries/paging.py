"""Paging of lists, counted from 1, counts of rows, and case-insensitive text search on every database.

See docs/design/databases.md.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from letterhub.infrastructure.db import db

COUNTED = 1_000
"""Rows that a list counts; of more it says only that there are more, as counting them reads them all."""


def last_page(total: int, size: int) -> int:
    """Return the number of pages of `size` entries that `total` entries fill, at least 1."""
    return max(1, -(-total // size))  # rounded up


def clamp_page(requested: int, total: int, size: int) -> int:
    """Return the requested page, limited to those that exist."""
    return min(max(requested, 1), last_page(total, size))


def count_rows(query: Select[Any], most: int | None = None) -> int:
    """Return how many rows a select finds; if there are more than `most`, `most` + 1."""
    rows = query.order_by(None).limit(None if most is None else most + 1)
    return db.session.scalar(select(func.count()).select_from(rows.subquery())) or 0


def contains_text(column: InstrumentedAttribute[Any] | ColumnElement[Any], words: str) -> ColumnElement[bool]:
    """Return the condition that a column contains the words.

    SQLite, and PostgreSQL in some locales, fold the case of ASCII only: other words are searched as typed, in lower, upper and
    title case.
    """
    spellings = [words] if words.isascii() else sorted({words, words.lower(), words.upper(), words.title()})
    return or_(*(column.icontains(spelling, autoescape=True) for spelling in spellings))
