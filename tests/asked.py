"""What the database is asked meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from letterhub.db import db


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that the database is asked for as long as a block lasts."""
    asked: list[str] = []

    def note(*seen: Any) -> None:
        asked.append(seen[2])

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
