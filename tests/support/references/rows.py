"""Rows of the database as lines of text that two runs of a test can be compared by."""

import datetime as dt
import enum
import json
import re
from collections.abc import Iterator

from sqlalchemy import select

from letterhub.clock import now
from letterhub.infrastructure.db import db

RANDOM = re.compile(
    r"password|uniquifier|totp|secret|token|hash|sha256|public_id|idempotency|draft_slug|previous|_key$|^head$|^lines$"
)
"""Columns whose values differ from run to run, or only repeat others: they are told apart from empty ones."""
FILE_COLUMNS = {"size", "content"}
"""Columns of an edition's files, which differ with each style sheet."""
GENERATED = re.compile(
    r"(?<=-)[0-9a-f]{12}\b|\b(?=\w*\d)[0-9a-zA-Z_-]{16,}\b|\b[0-9A-Z]{4}(-[0-9A-Z]{4}){2}\b"
    r"|(?<=\"size\": )\d+"
)
MANY = 8
"""Rows at each end of a long table that are compared."""
LEFT_OUT = {"organization_key", "search_line", "metric"}
"""Tables that repeat others, or depend on how long a request took."""
VERSIONS = {"list_version", "list_edits", "letter_version"}
"""Columns left out: they tell one state of a letter from another, by a number that has a test of its own."""


def row_lines() -> Iterator[str]:
    """Yield each row of each table with the values that are not empty; times are those since now, in minutes."""
    at = now()
    db.session.expire_all()
    for table in db.metadata.sorted_tables:
        if table.name in LEFT_OUT:
            continue
        rows = db.session.execute(select(table).order_by(*table.primary_key.columns)).mappings().all()
        for row in rows if len(rows) <= 2 * MANY else (*rows[:MANY], *rows[-MANY:]):
            values = (
                f"{name}={'…' if table.name == 'edition_file' and name in FILE_COLUMNS else _shown(name, value, at)}"
                for name, value in row.items()
                if name not in VERSIONS and value not in (None, "", [], {}, 0)
            )
            yield f"{table.name} {' '.join(values)}"


def _shown(name: str, value: object, at: dt.datetime) -> str:
    if RANDOM.search(name):
        return "…"
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, dt.datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=dt.UTC)
        return f"{(moment - at) / dt.timedelta(minutes=1):+.12g}"
    if isinstance(value, dict | list):
        return GENERATED.sub("…", json.dumps(value, ensure_ascii=False, sort_keys=True))
    return GENERATED.sub("…", str(value.value if isinstance(value, enum.Enum) else value))
