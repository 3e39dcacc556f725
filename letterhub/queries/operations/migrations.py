"""Migration state of the database, read without Alembic, and a summary of its contents for a restore."""

import re
from dataclasses import dataclass
from functools import cache

from sqlalchemy import column, func, inspect, select, table

from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import AuditChain, Edition, Letter, Signature
from letterhub.paths import ROOT
from letterhub.queries.operations.storage import IN_DATABASE, download_name, file_ids_where, file_problem

NEVER_MIGRATED = ""
_DOWN_REVISION = re.compile(r'^down_revision\b.*"(\d+)"', re.MULTILINE)
VERSION_TABLE = table("alembic_version", column("version_num"))


def current_migration() -> str:
    """Return the migration that the database is at; NEVER_MIGRATED if it has no tables yet."""
    with db.engine.connect() as connection:
        has_table = inspect(connection).has_table(VERSION_TABLE.name)
        if not has_table:
            return NEVER_MIGRATED
        return connection.scalar(select(VERSION_TABLE.c.version_num)) or NEVER_MIGRATED


@cache
def newest_migration() -> str:
    """Return the newest migration of this version: the one that no other is upon, whatever its number."""
    texts = (file.read_text(encoding="utf-8") for file in (ROOT / "migrations" / "versions").glob("*.py"))
    below = {found[1] for text in texts if (found := _DOWN_REVISION.search(text))}
    (newest,) = known_migrations() - below
    return newest


@cache
def known_migrations() -> frozenset[str]:
    """Return all migrations that this version knows."""
    return frozenset(file.name.partition("_")[0] for file in (ROOT / "migrations" / "versions").glob("*.py"))


@dataclass(frozen=True, slots=True)
class DatabaseSummary:
    """Counts of what must not be lost, and a sentence for each damaged file of an edition."""

    letters: int
    signatures: int
    editions: int
    entries: int
    damaged: tuple[str, ...]


def count_letters() -> int:
    """Return the number of letters, in a database that may be of an older version or empty."""
    has_table = Letter.__tablename__ in inspect(db.engine).get_table_names()
    if not has_table:
        return 0
    return db.session.scalar(select(func.count()).select_from(Letter)) or 0


def database_summary() -> DatabaseSummary:
    """Return a summary of the database's content. Files in the object store are not read."""
    letters, signatures, editions = (
        db.session.scalar(select(func.count()).select_from(rows)) or 0 for rows in (Letter, Signature, Edition)
    )
    entries = db.session.scalar(select(func.coalesce(func.sum(AuditChain.length), 0))) or 0
    damaged = tuple(
        f"{download_name(file_id)}: {problem}" for file_id in file_ids_where(IN_DATABASE) if (problem := file_problem(file_id))
    )
    end_read_transaction()
    return DatabaseSummary(letters, signatures, editions, entries, damaged)
