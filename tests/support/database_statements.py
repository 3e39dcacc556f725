"""Recorder of the SQL statements that the database receives."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from letterhub.infrastructure.db import db


@contextmanager
def record_statements() -> Iterator[list[str]]:
    """Record the SQL statements sent to the database while the block runs."""
    statements: list[str] = []

    def note(*arguments: Any) -> None:
        statements.append(arguments[2])

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
