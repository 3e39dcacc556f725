"""Migration state of the database, read without Alembic: each migration file begins with its revision."""

from functools import cache

from sqlalchemy import column, inspect, select, table

from letterhub.config import ROOT
from letterhub.infrastructure.db import db

NEVER_MIGRATED = ""
VERSION_TABLE = table("alembic_version", column("version_num"))


def current_migration() -> str:
    """Return the migration that the database is at."""
    with db.engine.connect() as connection:
        has_table = inspect(connection).has_table(VERSION_TABLE.name)
        return connection.scalar(select(VERSION_TABLE.c.version_num)) or NEVER_MIGRATED if has_table else NEVER_MIGRATED


def newest_migration() -> str:
    """Return the newest migration of this version."""
    return max(known_migrations())


@cache
def known_migrations() -> frozenset[str]:
    """Return all migrations that this version knows."""
    return frozenset(file.name.partition("_")[0] for file in (ROOT / "migrations" / "versions").glob("*.py"))
