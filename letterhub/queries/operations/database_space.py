"""Disk-space check of the database, which leaves nothing behind."""

import sqlite3
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from letterhub.domain.errors import first_line
from letterhub.infrastructure import postgres as connections
from letterhub.infrastructure.db import db, end_of_reading
from letterhub.infrastructure.host import folder_trouble

WIDE = text(  # rows of 8,000 characters
    "WITH wide AS MATERIALIZED (SELECT repeat('x', 8000) AS line FROM generate_series(1, :lines)) SELECT count(*) FROM wide"
)
PROBED = 16  # megabytes: the size of PostgreSQL's WAL files
SYSTEM_ERRORS = ("53100", "58030")  # disk_full, io_error; the latter for a disk that became read-only
SQLITE_ERRORS = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)


def room_trouble() -> str:
    """Return what keeps the database from growing, as a sentence; "" if nothing is known to.

    SQLite's folder is checked like any folder. PostgreSQL does not reveal its free space, so it runs a query that spills to its
    disk.
    """
    if db.engine.dialect.name == "sqlite":
        return folder_trouble(Path(db.engine.url.database or "").absolute().parent)
    try:
        end_of_reading()
        with db.engine.connect() as connection, connection.begin(), connections.transaction(connection):
            connection.exec_driver_sql("SET LOCAL work_mem = '64kB'")
            connection.execute(WIDE, {"lines": PROBED * 125})
    except SQLAlchemyError as error:
        if is_about_room(error):
            return f"The database's disk is full: {first_line(getattr(error, 'orig', None) or error).rstrip('.')}."
    return ""


def is_about_room(error: SQLAlchemyError) -> bool:
    """Return whether a database failed because its disk is full or read-only."""
    told = getattr(error, "orig", None)
    code = getattr(told, "sqlite_errorcode", None)
    return code & 0xFF in SQLITE_ERRORS if code is not None else getattr(told, "sqlstate", None) in SYSTEM_ERRORS
