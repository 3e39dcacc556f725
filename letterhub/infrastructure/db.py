"""Database: declarative base with named constraints, append-only models, and the only commit and rollback.

See docs/design/databases.md.
"""

import datetime as dt
import enum
import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Engine, Enum, Executable, MetaData, String, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from letterhub.domain.errors import LostRace, UserFacingError
from letterhub.infrastructure import connections
from letterhub.infrastructure.monitoring import count_command, count_error_page
from letterhub.infrastructure.statements import Rows, execute_prepared
from letterhub.infrastructure.tracing import TRACING

P = ParamSpec("P")
R = TypeVar("R")
Model = TypeVar("Model", bound="Base")

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
Insert = sqlite.Insert | postgresql.Insert
INSERTS: Mapping[str, Callable[[Any], Insert]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
RETRIED_SQLSTATES = frozenset({"40P01", "40001"})  # deadlock_detected, serialization_failure
RETRIED_CONSTRAINTS = frozenset({"uq_signature_letter_id_place_key", "uq_signature_idempotency_key"})
"""Unique constraints that a command violates only in a race: it is run again, on fresh rows."""
RETRIES = 2
MIGRATION_LOCK_KEY = 0x4C485542  # key of PostgreSQL's advisory lock: "LHUB"

_writing: ContextVar[bool] = ContextVar("writing", default=False)
_read_only: ContextVar[bool | None] = ContextVar("read_only", default=None)


class UtcDateTime(TypeDecorator[dt.datetime]):
    """UTC datetime column. Rejects naive values; returns aware UTC, on SQLite too."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be kept")
        utc = value.astimezone(dt.UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


def code_point_string(length: int) -> String:
    """Return the type of a text column that every database sorts by code points."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


class Base(DeclarativeBase):
    """Declarative base. Constraints are named by convention; datetimes are stored in UTC."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map = {  # noqa: RUF012
        dt.datetime: UtcDateTime,
        enum.StrEnum: Enum(
            enum.StrEnum,
            native_enum=False,
            create_constraint=True,
            length=24,
            values_callable=lambda kind: [str(member) for member in kind],
        ),
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


db: SQLAlchemy = SQLAlchemy(metadata=Base.metadata)


def append_only(sentence: str, *, deletable: bool = False) -> Callable[[type[Model]], type[Model]]:
    """Decorate a model whose stored rows stay as they are: changing one by the session raises RuntimeError, and so does
    deleting it unless it is `deletable`. The error's message is the `sentence` with the row filled in: "{row.number} stays".
    """

    def decorated(model: type[Model]) -> type[Model]:
        def refuse(_mapper: Any, _connection: Any, row: Model) -> None:
            raise RuntimeError(sentence.format(row=row))

        for action in ("before_update",) if deletable else ("before_update", "before_delete"):
            event.listen(model, action, refuse)
        return model

    return decorated


def one_transaction(command: Callable[P, R]) -> Callable[P, R]:
    """Decorate a command to run as one transaction: committed when it returns, rolled back when it raises.

    Rows read before are expired first, so that it decides on fresh ones; on SQLite it takes the write lock at its start (`BEGIN
    IMMEDIATE`). After a deadlock or a lost race for a unique value it is run again, so it must do nothing but write rows.
    """

    @functools.wraps(command)
    def transacted(*args: P.args, **kwargs: P.kwargs) -> R:
        if _writing.get():
            raise RuntimeError(f"{command.__name__}: a command never calls a command")
        if _read_only.get():
            raise RuntimeError(f"{command.__name__}: a request that only reads cannot run a command")
        token = _writing.set(True)
        try:
            with TRACING.span(command.__name__) if TRACING.tracer else nullcontext():
                result = _run_with_retries(command, *args, **kwargs)
        except BaseException as error:
            if isinstance(error, UserFacingError):
                count_error_page(error)
            count_command(command.__name__, "refused" if isinstance(error, UserFacingError) else "fault")
            raise
        finally:
            _writing.reset(token)
        count_command(command.__name__, "done")
        return result

    return transacted


def _run_with_retries(command: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run and commit a command on fresh rows; again, RETRIES times at most, after a deadlock or a lost race."""
    retries_left = RETRIES
    while True:
        end_read_transaction()
        session = db.session()
        try:
            is_sqlite = session.get_bind().dialect.name == "sqlite"
            with connections.thread_lock(connections.BUSY_MILLISECONDS / 1000) if is_sqlite else nullcontext():
                result = command(*args, **kwargs)
                session.commit()
            return result
        except BaseException as error:
            session.rollback()
            if not retries_left or not _is_retryable(error):
                raise
        retries_left -= 1


def _is_retryable(error: BaseException) -> bool:
    """Return whether a command that failed with this error may succeed on a second run: a deadlock or a lost race."""
    if isinstance(error, IntegrityError):
        return violated_constraint(error) in RETRIED_CONSTRAINTS
    is_deadlock = isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in RETRIED_SQLSTATES
    return is_deadlock or isinstance(error, LostRace)


def set_read_only(read_only: bool | None) -> None:
    """Set whether this request may only read, as every GET, enforced by the database; None once it has ended."""
    _read_only.set(read_only)


@contextmanager
def commands_allowed() -> Iterator[None]:
    """Allow a command within a read-only request."""
    token = _read_only.set(False)
    try:
        yield
    finally:
        _read_only.reset(token)


@contextmanager
def migration_lock() -> Iterator[Connection]:
    """Open a transaction under an exclusive lock, for migrations; other processes wait.

    It is an advisory lock on PostgreSQL, the write lock on SQLite. Both end with the process.
    """
    token = _writing.set(True)
    try:
        with db.engine.connect() as connection, _foreign_keys_off(connection), connection.begin():
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK_KEY})")
            yield connection
            if connection.dialect.name == "sqlite" and (row := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
                raise RuntimeError(f"row {row[1]} of {row[0]} would point at nothing in {row[2]}")
    finally:
        _writing.reset(token)


@contextmanager
def _foreign_keys_off(connection: Connection) -> Iterator[None]:
    """Disable foreign keys, as SQLite alters a table by copying it and dropping the old one, to which rows refer."""
    driver = connection.connection.dbapi_connection if connection.dialect.name == "sqlite" else None
    try:
        if driver is not None:
            driver.cursor().execute("PRAGMA foreign_keys=OFF")
        yield
    finally:
        if driver is not None:
            driver.cursor().execute("PRAGMA foreign_keys=ON")


def end_read_transaction() -> None:
    """End the read transaction: expires rows, and returns the connection to the pool before a long wait.

    After a ROLLBACK psycopg deallocates its prepared statements, so read transactions end by COMMIT.
    """
    session = db.session()
    if session.in_transaction() and session.is_active and session.get_bind().dialect.name == "postgresql":
        connection = session.connection()
        if connections.has_only_read(connection):
            driver: Any = connection.connection.dbapi_connection
            with suppress(driver.Error):  # if it is lost, the next statement reports it
                driver.commit()
    session.rollback()


def execute_core(statement: Executable, values: Mapping[str, Any] | None = None) -> Rows:
    """Execute a prepared statement without the ORM, for the most requested pages. Unflushed changes are not seen."""
    return execute_prepared(db.session.connection(), statement, values)


@contextmanager
def streaming_connection() -> Iterator[Connection]:
    """Yield the session's connection, for reading rows in batches."""
    connection = db.session.connection()
    with connections.read_transaction(connection) if connection.dialect.name == "postgresql" else nullcontext():
        yield connection


@contextmanager
def snapshot_read() -> Iterator[None]:
    """Run a block on a single snapshot, however long it takes and whatever is written meanwhile."""
    end_read_transaction()
    with streaming_connection() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield
    end_read_transaction()


def insert_into(table: type[Base]) -> Insert:
    """Build an INSERT with `on_conflict_…` methods for the database's dialect."""
    return INSERTS[db.engine.dialect.name](table)


def violated_constraint(error: IntegrityError) -> str:
    """Return the name of the violated constraint. SQLite names only the columns of a unique one: its name is made of them."""
    if name := getattr(getattr(error.orig, "diag", None), "constraint_name", None):
        return str(name)
    message = str(error.orig)
    if "UNIQUE constraint failed: " in message:
        columns = [column.strip().partition(".") for column in message.partition("failed: ")[2].split(",")]
        return f"uq_{columns[0][0]}_{'_'.join(column for _, _, column in columns)}"
    return message.rpartition("failed: ")[2]


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """Begin a transaction for a command, or for reading. All pages come here, so reading sends as little as possible."""
    writes = _writing.get()
    read_only = bool(_read_only.get()) and not writes
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.dbapi_connection
        if connection.info.get("read_only") is not read_only:
            driver.execute(f"PRAGMA query_only={'ON' if read_only else 'OFF'}")
            connection.info["read_only"] = read_only
        if writes:
            connections.begin_writing(connection)
        else:
            connection.info["changes"] = driver.total_changes
            driver.execute("BEGIN")
    else:
        connections.begin_transaction(connection, read_only=not writes and _read_only.get() is not None)
    connection.info["reading"] = not writes


@event.listens_for(Session, "before_flush")
def _upgrade_to_writing(session: Session, _context: Any, _instances: Any) -> None:
    """At the first write of a request that began read-only, start a write transaction; on SQLite, take the write lock."""
    connection = session.connection()
    if not connection.info.pop("reading", False):
        return
    if connection.dialect.name == "sqlite":
        connections.upgrade_to_writing(connection)
    elif not _read_only.get():
        connections.begin_transaction(connection, read_only=False)
