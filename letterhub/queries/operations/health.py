"""Health checks: database and its version, audit log, and mail server. See docs/design/monitoring.md."""

import sqlite3

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from letterhub.config import Settings
from letterhub.domain.audit.consistency import WrongOfAKind
from letterhub.domain.errors import first_line
from letterhub.domain.mail.outgoing_mail import NotSent
from letterhub.infrastructure.db import db, of_one_moment
from letterhub.mail.smtp import Smtp
from letterhub.models import Chain
from letterhub.queries.audit.consistency import disagreements, without_a_chain
from letterhub.queries.audit.log import broken_at
from letterhub.queries.operations.migrations import NEVER_MIGRATED, at_revision, newest_revision

NOT_NOW = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
    }
)


def database_trouble(*, of_any_version: bool = False) -> str:
    """Return what keeps the database from being used, as a sentence; "" if nothing does."""
    try:
        found, newest = at_revision(), newest_revision()
    except SQLAlchemyError as error:
        return told_of(error)
    if found == NEVER_MIGRATED:
        return "The database has no tables yet. Make them with: letterhub migrate"
    if found != newest and not of_any_version:
        return f"The database is at {found}, and this Letterhub needs {newest}. Upgrade it with: letterhub migrate"
    return ""


def server_trouble() -> str:
    """Return what keeps the database server from answering, as a sentence; "" if it answers, and for SQLite."""
    if db.engine.dialect.name == "sqlite":
        return ""
    try:
        with db.engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
    except SQLAlchemyError as error:
        if not is_away(error):
            raise
        return told_of(error)
    return ""


def told_of(error: SQLAlchemyError) -> str:
    """Return the error of an unreachable database as a sentence."""
    return f"The database cannot be reached: {first_line(getattr(error, 'orig', None) or error).rstrip('.')}."


def is_away(error: BaseException) -> bool:
    """Return whether an error means that the database is away, restarting or full, so that a retry may succeed."""
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    told = getattr(error.orig, "sqlite_errorcode", None)
    if told is not None:
        return told & 0xFF in NOT_NOW
    return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)


def broken_chains() -> dict[str, str]:
    """Return the first problem of each chain of the audit log that is broken or inconsistent with the tables.

    For an unbroken chain, further inconsistencies are counted.
    """
    with of_one_moment():
        names = db.session.scalars(select(Chain.name).order_by(Chain.name)).all()
        broken = {name: sentence for name in names if (sentence := broken_at(name))}
        broken |= dict.fromkeys(without_a_chain(), "It is gone, and all that it told.")
        wrong: dict[str, WrongOfAKind] = {}
        for name, sentence in disagreements():
            wrong.setdefault(name, WrongOfAKind(sentence)).count += 1
        return {name: str(told) for name, told in wrong.items()} | broken


def mail_server_trouble(settings: Settings) -> str:
    """Return what keeps the mail server from taking mail, as a sentence; "" if it answers, or the demo needs none."""
    if settings.mail_server is None:
        return ""
    try:
        with Smtp(settings.mail_server, settings.host, patience=10) as server:
            server.ready()
    except NotSent as trouble:
        return str(trouble)
    return ""
