"""Connections to PostgreSQL: met again after its server restarted, and asked by readers without a word too many.

Each message to a server and back costs as much as what a small statement does there. A page asks two or three.
"""

import select
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg.pq import Conninfo
from sqlalchemy import URL, Engine, event, make_url
from sqlalchemy.engine import Connection, ExceptionContext
from sqlalchemy.exc import InvalidatePoolError

QUIET_SECONDS = 5.0
"""A connection that was not taken for so long is asked whether its server is there, before anyone relies on it."""
IN_TRANSACTION = 2  # what libpq says of a connection where one has begun and nothing failed
EMPTY_QUERY = 0  # what libpq says to an empty question, where the server answered
PLAN_IS_OLD = "0A000"  # "cached plan must not change result type": a migration changed what a statement gives


def libpq_parameters(address: URL | str) -> dict[str, Any]:
    """Return what the app's own driver is given to connect with, as far as libpq and its programs know it too."""
    url = make_url(address)
    given = url.get_dialect()().create_connect_args(url)[1]
    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    return {name: value for name, value in given.items() if name in known}


def begin(connection: Connection, *, only: bool) -> None:
    """Makes a connection one of readers `only`, or of whoever may write.

    PostgreSQL shows each statement what was kept before it, within a transaction or not. So those of a reader stand alone,
    without BEGIN and ROLLBACK, and are prepared once; that they can't write is a rule of the connection. A writer's BEGIN says
    that it may.
    """
    driver: Any = connection.connection.dbapi_connection
    if connection.info.get("only", False) is only:
        return
    driver.autocommit, driver.read_only = only, None if only else False
    if "only" not in connection.info:
        driver.execute("SET default_transaction_read_only TO on")
    connection.info["only"] = only


def has_only_read(connection: Connection) -> bool:
    """Whether a transaction has begun in which nothing was written, and nothing failed."""
    driver: Any = connection.connection.dbapi_connection
    return bool(connection.info.get("reading")) and driver.pgconn.transaction_status == IN_TRANSACTION


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """One transaction of a reader, within which PostgreSQL keeps its place in a long answer."""
    driver: Any = connection.connection.dbapi_connection
    with driver.transaction():
        yield


@event.listens_for(Engine, "checkout")
def _meet_again(driver: Any, record: Any, _taken: Any) -> None:
    """Has the connections made anew where their server is gone.

    A server that ends says so, or the system for it: there is something to read, which costs nothing to see. One whose machine
    went away says nothing, so whoever was quiet for a while is asked.
    """
    if isinstance(driver, sqlite3.Connection):
        return
    now = time.monotonic()
    quiet = now - record.info.get("taken", now) > QUIET_SECONDS
    record.info["taken"] = now
    if (quiet or _said_something(driver)) and not _answers(driver):
        raise InvalidatePoolError


def _said_something(driver: Any) -> bool:
    poll = select.poll()
    poll.register(driver.fileno(), select.POLLIN)
    return bool(poll.poll(0))


def _answers(driver: Any) -> bool:
    """Asks nothing, in one message and outside of any transaction."""
    try:
        return bool(driver.pgconn.exec_(b"").status == EMPTY_QUERY)
    except driver.Error:
        return False


@event.listens_for(Engine, "handle_error")
def _forget_plans(fault: ExceptionContext) -> None:
    """A connection keeps what it prepared. Where that no longer fits the tables, all connections are made anew."""
    if getattr(fault.original_exception, "sqlstate", None) == PLAN_IS_OLD:
        fault.is_disconnect = True
