"""Paging of lists, counted from 1, counts of rows, and case-insensitive text search on every database.

See docs/design/databases.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
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


def count_rows(query: Select[*tuple[Any, ...]], limit: int | None = None) -> int:
    """Return how many rows a select finds; if there are more than `limit`, `limit` + 1."""
    rows = query.order_by(None).limit(None if limit is None else limit + 1)
    return db.session.scalar(select(func.count()).select_from(rows.subquery())) or 0


@dataclass(frozen=True, slots=True)
class RowPage:
    """Rows of a page of a list. Of its `total`, no more than COUNTED are counted (and one) if it is not `is_counted`."""

    rows: Sequence[Row[Any]]
    total: int
    page: int
    has_next: bool
    is_counted: bool


def fetch_page(query: Select[*tuple[Any, ...]], page: int, size: int, total: int | None = None) -> RowPage:
    """Return a page of a sorted select, the last one if it has fewer pages; `total` is the number of its rows, if known."""
    rows = _rows_of_page(query, page, size)
    if not rows and page > 1:
        page = clamp_page(page, count_rows(query), size)
        rows = _rows_of_page(query, page, size)
    if len(rows) <= size:  # the last page tells how many there are
        return RowPage(rows, (page - 1) * size + len(rows), page, has_next=False, is_counted=True)
    counted = count_rows(query, COUNTED) if total is None else total
    return RowPage(rows[:size], counted, page, has_next=True, is_counted=total is not None or counted <= COUNTED)


def _rows_of_page(query: Select[*tuple[Any, ...]], page: int, size: int) -> Sequence[Row[Any]]:
    """Return the rows of a page, and the first one after it."""
    return db.session.execute(query.offset((page - 1) * size).limit(size + 1)).all()


def contains_text(column: InstrumentedAttribute[Any] | ColumnElement[Any], words: str) -> ColumnElement[bool]:
    """Return the condition that a column contains the words.

    SQLite, and PostgreSQL in some locales, fold the case of ASCII only: other words are searched as typed, in lower, upper and
    title case.
    """
    spellings = [words] if words.isascii() else sorted({words, words.lower(), words.upper(), words.title()})
    return or_(*(column.icontains(spelling, autoescape=True) for spelling in spellings))
