"""Is the database there and up to date, is its record whole, does the mail server answer?"""

import sqlite3

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from letterhub.config import Settings
from letterhub.db import db, of_one_moment
from letterhub.domain.agreeing import WrongOfAKind
from letterhub.domain.mails import NotSent
from letterhub.domain.refusals import first_line
from letterhub.mail.smtp import Smtp
from letterhub.models import Chain
from letterhub.queries.agreeing import disagreements, without_a_chain
from letterhub.queries.migrations import NEVER_MIGRATED, at_revision, newest_revision
from letterhub.queries.records import broken_at

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
    """What keeps the database from being used, as a sentence; "" where nothing does."""
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
    """What keeps the database server from answering, as a sentence; "" where it answers, and for SQLite, which has none."""
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
    """What a database that is away says of itself, as a sentence."""
    return f"The database cannot be reached: {first_line(getattr(error, 'orig', None) or error).rstrip('.')}."


def is_away(error: BaseException) -> bool:
    """Whether a fault means that the database is away, restarting or full, so that the same may work in a moment."""
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    told = getattr(error.orig, "sqlite_errorcode", None)
    if told is not None:
        return told & 0xFF in NOT_NOW
    return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)


def broken_chains() -> dict[str, str]:
    """The chains of the record that are not whole, or tell of a site that is another than this: each with what is wrong first.

    Where a chain is whole, the rest of what is wrong is counted.
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
    """What keeps the mail server from taking mail, as a sentence; "" where it greets us, or where the demo needs none."""
    if settings.mail_server is None:
        return ""
    try:
        with Smtp(settings.mail_server, settings.host, patience=10) as server:
            server.ready()
    except NotSent as trouble:
        return str(trouble)
    return ""
