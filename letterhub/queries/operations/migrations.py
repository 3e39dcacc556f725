"""Migration state of the database, read without Alembic: each migration file begins with its revision."""

from functools import cache

from sqlalchemy import column, inspect, select, table

from letterhub.config import ROOT
from letterhub.infrastructure.db import db

NEVER_MIGRATED = ""
STANDS = table("alembic_version", column("version_num"))


def at_revision() -> str:
    """Return the migration that the database is at."""
    with db.engine.connect() as connection:
        there = inspect(connection).has_table(STANDS.name)
        return connection.scalar(select(STANDS.c.version_num)) or NEVER_MIGRATED if there else NEVER_MIGRATED


def newest_revision() -> str:
    """Return the newest migration of this version."""
    return max(known_revisions())


@cache
def known_revisions() -> frozenset[str]:
    """Return all migrations that this version knows."""
    return frozenset(file.name.partition("_")[0] for file in (ROOT / "migrations" / "versions").glob("*.py"))
