"""Reset of a PostgreSQL database between tests: emptied in place, so that its connections and their plans stay.

See docs/design/testing.md.
"""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from tests.support.servers.postgres_server import PostgresServer

CATALOGS = (
    "pg_attribute",
    "pg_class",
    "pg_constraint",
    "pg_db_role_setting",
    "pg_index",
    "pg_proc",
    "pg_statistic",
    "pg_trigger",
    "pg_type",
)
"""System tables in which a migration, ANALYZE or ALTER adds, changes or deletes a row."""
TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
BUSY = """
EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory') OR (
  SELECT count(*) > 1 OR bool_or(state IS DISTINCT FROM 'idle') FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid()
)
"""
"""Condition that others are connected than the one connection of the tests’ apps, or that it is at work."""
RESTART = "SELECT setval(seqrelid, seqstart, false) FROM pg_sequence WHERE pg_sequence_last_value(seqrelid) IS NOT NULL"


@dataclass(frozen=True, slots=True)
class ResettableDatabase:
    """Migrated database, and a connection to it on which no trigger and no foreign key acts.

    `question` asks whether its tables are as they were, whether others use it, and which tables have rows.
    """

    connection: psycopg.Connection[Any]
    question: sql.Composed

    def reset(self) -> bool:
        """Delete all rows and restart all sequences. Return False, with the database in any state, if it would not be as new:
        tables or statistics have changed, another process is connected, or a transaction or a lock is left.
        """
        try:
            is_unchanged, is_busy, filled = self.connection.execute(self.question, prepare=True).fetchone()
            if not is_unchanged or is_busy:
                return False
            if filled:
                tables = [sql.Identifier(name) for name in filled]
                self.connection.execute(sql.SQL("; ").join(sql.SQL("DELETE FROM {}").format(table) for table in tables))
                # rows of the next test come in the order in which they are written, as in new tables
                self.connection.execute(sql.SQL("VACUUM (INDEX_CLEANUP ON) {}").format(sql.SQL(", ").join(tables)))
            self.connection.execute(RESTART, prepare=True)
        except psycopg.Error:
            return False
        return True


def open_resettable(server: PostgresServer, database: str) -> ResettableDatabase:
    """Return a database of the server that is new: its tables are empty but for the number of the migration."""
    connection = server.connect(database)
    connection.execute("SET session_replication_role TO replica")
    names = [name for (name,) in connection.execute(TABLES).fetchall() if name != "alembic_version"]
    found = [sql.SQL("SELECT {} AS name WHERE EXISTS (SELECT FROM {})").format(name, sql.Identifier(name)) for name in names]
    filled = sql.SQL("ARRAY(SELECT name FROM ({}) AS found)").format(sql.SQL(" UNION ALL ").join(found))
    state = _state_since(connection)
    was, number, rows = connection.execute(sql.SQL("SELECT {}, {}").format(state, filled)).fetchone()
    if rows:
        raise RuntimeError(f"{database} is not empty: {rows}")
    question = sql.SQL("SELECT ({}) = ({}::bigint[], {}), {}, {}").format(state, was, number, sql.SQL(BUSY), filled)
    return ResettableDatabase(connection, question)


def _state_since(connection: psycopg.Connection[Any]) -> sql.Composed:
    """Return columns that change with a row of the system tables: how many there are and how many are newer than now."""
    (newest,) = connection.execute("SELECT pg_current_xact_id()::xid::text").fetchone()
    counted = "(SELECT count(*) + 1000000 * count(*) FILTER (WHERE age(xmin) <= age({}::xid)) FROM {})"
    counts = [sql.SQL(counted).format(newest, sql.Identifier(catalog)) for catalog in CATALOGS]
    number = sql.SQL("(SELECT string_agg(version_num, ' ') FROM alembic_version)")
    return sql.SQL("ARRAY[{}]::bigint[], {}").format(sql.SQL(", ").join(counts), number)
