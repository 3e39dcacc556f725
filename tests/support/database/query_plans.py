"""Query plans of the database: the indexes it uses, and whether it sorts."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, String, cast, event, insert, literal, select, text, true

from letterhub.infrastructure.db import db
from letterhub.models import OutboxMessage

EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN ", "postgresql": "EXPLAIN "}
EXPLAINED = ("SELECT", "UPDATE")
SORT_PATTERN = re.compile(r"Sort|USE TEMP B-TREE")
OUTBOX_SCAN_PATTERN = re.compile(r"Seq Scan on outbox|SCAN outbox")
"""Phrases of a plan that sorts rows, or that scans every email."""


@contextmanager
def record_plans() -> Iterator[list[str]]:
    """Record the plan of each SELECT and UPDATE while the block runs, as planned at that moment."""
    made: list[str] = []

    def note(connection: Connection, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if statement.startswith(EXPLAINED):
            cursor = connection.connection.cursor()
            cursor.execute(EXPLAIN[connection.dialect.name] + statement, parameters[0] if many else parameters)
            made.append("\n".join(str(row[-1]) for row in cursor.fetchall()))
            cursor.close()

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield made
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def copy_outbox_message(line: OutboxMessage, count: int) -> None:
    """Add so many copies of an email in the outbox. PostgreSQL then analyzes the table, as autovacuum would do later."""
    numbers = select(literal(1).label("number")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.number + 1).where(numbers.c.number < count))
    alike = [column for column in OutboxMessage.__table__.c if column.name not in ("id", "message_id")]
    message_id = OutboxMessage.message_id + "-" + cast(numbers.c.number, String)
    rows = select(*alike, message_id).join_from(OutboxMessage, numbers, true()).where(OutboxMessage.id == line.id)
    db.session.execute(insert(OutboxMessage).from_select([*(column.name for column in alike), "message_id"], rows))
    db.session.commit()
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("ANALYZE outbox_message"))
        db.session.commit()
