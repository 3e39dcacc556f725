"""Database connections: PostgreSQL's are reconnected after a restart, and SQLite's writers wait in a fair queue.

A round trip to the server costs as much as a small statement. A page has two or three statements.

SQLite has one writer at a time. Those that find it locked sleep and retry after up to a tenth of a second, in no order: with
many writers, some are starved for seconds.

See docs/design/databases.md.
"""

import fcntl
import os
import select
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import URL, Engine, event, make_url
from sqlalchemy.engine import Connection, ExceptionContext
from sqlalchemy.exc import InvalidatePoolError

IDLE_SECONDS = 5.0
"""Idle time after which a connection is tested before use."""
IN_TRANSACTION = 2  # libpq's PQTRANS_INTRANS: a transaction is open and nothing failed
EMPTY_QUERY = 0  # libpq's PGRES_EMPTY_QUERY: the answer to an empty query
STALE_PLAN = "0A000"  # "cached plan must not change result type": a migration changed the columns of a statement


def libpq_parameters(address: URL | str) -> dict[str, Any]:
    """Return the connection parameters of an address that libpq and its programs understand."""
    url = make_url(address)
    parameters = url.get_dialect()().create_connect_args(url)[1]
    defaults = import_module("psycopg.pq").Conninfo.get_defaults()  # not imported above: a site on SQLite needs no driver
    supported = {option.keyword.decode() for option in defaults}
    return {name: value for name, value in parameters.items() if name in supported}


def connection_string(parameters: Mapping[str, Any]) -> str:
    """Return connection parameters as the string that libpq understands."""
    made: str = import_module("psycopg.conninfo").make_conninfo(**parameters)
    return made


def begin_transaction(connection: Connection, *, read_only: bool) -> None:
    """Prepare a connection to PostgreSQL for statements that only read, or for a transaction that may write.

    PostgreSQL shows each statement what was committed before it, within a transaction or not. So a reader's statements run in
    autocommit, without BEGIN and ROLLBACK, and are prepared once; the connection defaults to read-only. A writer's BEGIN
    overrides that.
    """
    driver: Any = connection.connection.dbapi_connection
    if connection.info.get("read_only", False) is read_only:
        return
    driver.autocommit, driver.read_only = read_only, None if read_only else False
    if "read_only" not in connection.info:
        driver.execute("SET default_transaction_read_only TO on")
        driver.execute("SET jit TO off")  # to compile a page's statement takes longer than to run it
    connection.info["read_only"] = read_only


def has_only_read(connection: Connection) -> bool:
    """Return whether a transaction is open in which nothing was written and nothing failed."""
    driver: Any = connection.connection.dbapi_connection
    return bool(connection.info.get("reading")) and driver.pgconn.transaction_status == IN_TRANSACTION


@contextmanager
def read_transaction(connection: Connection) -> Iterator[None]:
    """Open a transaction for a reader, which PostgreSQL needs for a server-side cursor."""
    driver: Any = connection.connection.dbapi_connection
    with driver.transaction():
        yield


@event.listens_for(Engine, "checkout")
def _reconnect_if_closed(driver: Any, record: Any, _taken: Any) -> None:
    """Before a connection is used, raise InvalidatePoolError if the server has closed it, so that all are opened anew.

    A closed connection is readable, which is free to test. A machine that vanished sends nothing, so idle connections are
    tested by a query.
    """
    if isinstance(driver, sqlite3.Connection):
        return
    now = time.monotonic()
    was_idle = now - record.info.get("taken", now) > IDLE_SECONDS
    record.info["taken"] = now
    if (was_idle or _is_readable(driver)) and not _is_alive(driver):
        raise InvalidatePoolError


def _is_readable(driver: Any) -> bool:
    """Return whether the server has sent something unasked: mostly that it closes the connection."""
    poll = select.poll()
    poll.register(driver.fileno(), select.POLLIN)
    return bool(poll.poll(0))


def _is_alive(driver: Any) -> bool:
    """Return whether the server answers an empty query: one round trip, outside of any transaction."""
    try:
        return bool(driver.pgconn.exec_(b"").status == EMPTY_QUERY)
    except driver.Error:
        return False


@event.listens_for(Engine, "handle_error")
def _reconnect_on_stale_plan(fault: ExceptionContext) -> None:
    """Have SQLAlchemy open all connections anew if a prepared statement no longer fits the tables after a migration."""
    if getattr(fault.original_exception, "sqlstate", None) == STALE_PLAN:
        fault.is_disconnect = True


BUSY_MILLISECONDS = 30_000
"""Patience of a writer on SQLite, and of a restore, while another one writes."""
RETRY_SECONDS = 0.001  # seconds between two tries of the next process
_thread_lock = Lock()


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Set up a new connection to SQLite: explicit transactions, write-ahead log, durable commits, foreign keys."""
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # we send BEGIN ourselves: sqlite3 sends it too late and loses updates
    for pragma in (f"busy_timeout={BUSY_MILLISECONDS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


@contextmanager
def thread_lock(patience: float) -> Iterator[None]:
    """Hold the lock of this process's threads; after `patience` seconds continue without it, and leave it to SQLite's lock."""
    acquired = _thread_lock.acquire(timeout=patience)
    try:
        yield
    finally:
        if acquired:
            _thread_lock.release()


def begin_writing(connection: Connection) -> None:
    """Begin a transaction on SQLite with the write lock."""
    driver: Any = connection.connection.dbapi_connection
    database = Path(connection.engine.url.database or "")
    begin_immediate(driver, database, BUSY_MILLISECONDS / 1000, lambda: connection.exec_driver_sql("BEGIN IMMEDIATE"))


def upgrade_to_writing(connection: Connection) -> None:
    """Begin a transaction with the write lock in place of one that has read; one that has written holds the lock already."""
    driver: Any = connection.connection.dbapi_connection
    if driver.total_changes == connection.info["changes"]:
        connection.exec_driver_sql("ROLLBACK")
        begin_writing(connection)


def begin_immediate(connection: sqlite3.Connection, database: Path, patience: float, begin: Callable[[], object]) -> None:
    """Begin a write transaction on SQLite once it is this process's turn. After `patience` seconds, or on another error than a
    locked database, `begin` is called as the last try, and raises what prevents it.

    One process retries at the database and the others queue behind it: a process that has just written lets the next one pass.
    """
    until = time.monotonic() + patience
    with _process_lock(f"{database}-next", until):
        connection.execute("PRAGMA busy_timeout=0")
        try:
            while True:
                try:
                    connection.execute("BEGIN IMMEDIATE")
                except sqlite3.OperationalError as problem:
                    is_busy = problem.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY  # or in recovery
                else:
                    return
                if not is_busy or time.monotonic() >= until:
                    break
                time.sleep(RETRY_SECONDS)
            begin()
        finally:
            connection.execute(f"PRAGMA busy_timeout={patience * 1000:.0f}")


@contextmanager
def _process_lock(path: str, until: float) -> Iterator[None]:
    """Hold an exclusive lock on a file during a block, released if the process dies. Without the lock, the block runs anyway
    once the time `until`, by time.monotonic(), has passed, or if the file cannot be locked."""
    descriptor: int | None = None
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)  # a file of another user can be locked, too
    try:
        while descriptor is not None and time.monotonic() < until:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(RETRY_SECONDS)
            except OSError:
                break
            else:
                break
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)
