"""Disk-space check of the database, which leaves nothing behind."""

import sqlite3
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from letterhub.domain.errors import first_error_line
from letterhub.domain.i18n import _
from letterhub.infrastructure import postgres
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.infrastructure.machine import folder_problem

SPILLING_QUERY = text(  # rows of 8,000 characters
    "WITH wide AS MATERIALIZED (SELECT repeat('x', 8000) AS line FROM generate_series(1, :lines)) SELECT count(*) FROM wide"
)
PROBE_MEGABYTES = 16  # megabytes: the size of PostgreSQL's WAL files
POSTGRESQL_ERRORS = ("53100", "58030")  # fill_disk, io_error; the latter for a disk that became read-only
SQLITE_ERRORS = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)


def disk_space_problem() -> str:
    """Return what keeps the database from growing, as a sentence; "" if nothing is known to.

    SQLite's folder is checked like any folder. PostgreSQL does not reveal its free space, so it runs a query that spills to its
    disk.
    """
    if db.engine.dialect.name == "sqlite":
        return folder_problem(Path(db.engine.url.database or "").absolute().parent)
    try:
        end_read_transaction()
        with db.engine.connect() as connection, connection.begin(), postgres.read_transaction(connection):
            connection.exec_driver_sql("SET LOCAL work_mem = '64kB'")
            connection.execute(SPILLING_QUERY, {"lines": PROBE_MEGABYTES * 125})
    except SQLAlchemyError as error:
        if is_disk_error(error):
            return _(
                "The database’s disk is full: %(problem)s.",
                problem=first_error_line(getattr(error, "orig", None) or error).rstrip("."),
            )
    return ""


def is_disk_error(error: SQLAlchemyError) -> bool:
    """Return whether a database failed because its disk is full or read-only."""
    driver_error = getattr(error, "orig", None)
    code = getattr(driver_error, "sqlite_errorcode", None)
    return code & 0xFF in SQLITE_ERRORS if code is not None else getattr(driver_error, "sqlstate", None) in POSTGRESQL_ERRORS
