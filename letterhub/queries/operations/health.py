"""Health checks: database and its version, audit log, and mail server. See docs/design/monitoring.md."""

import sqlite3

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from letterhub.config import Settings
from letterhub.domain.audit.consistency import InconsistencySummary
from letterhub.domain.errors import first_error_line
from letterhub.domain.i18n import _
from letterhub.domain.mail.outgoing_mail import MailNotAccepted
from letterhub.infrastructure.db import db, snapshot_read
from letterhub.mail.smtp import Smtp
from letterhub.models import AuditChain
from letterhub.queries.audit.consistency import inconsistencies, missing_chains
from letterhub.queries.audit.log import first_chain_problem
from letterhub.queries.operations.migrations import NEVER_MIGRATED, current_migration, newest_migration

TRANSIENT_SQLITE_ERRORS = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
    }
)


def database_problem(*, ignore_version: bool = False) -> str:
    """Return what keeps the database from being used, as a sentence; "" if nothing does."""
    try:
        current, newest = current_migration(), newest_migration()
    except SQLAlchemyError as error:
        return unreachable_sentence(error)
    if current == NEVER_MIGRATED:
        return _("The database has no tables yet. Create them with: letterhub migrate")
    if current != newest and not ignore_version:
        return _(
            "The database is at %(found)s, but this Letterhub needs %(newest)s. Upgrade it with: letterhub migrate",
            found=current,
            newest=newest,
        )
    return ""


def database_server_problem() -> str:
    """Return what keeps the database server from answering, as a sentence; "" if it answers, and for SQLite."""
    if db.engine.dialect.name == "sqlite":
        return ""
    try:
        with db.engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
    except SQLAlchemyError as error:
        if not is_unavailable(error):
            raise
        return unreachable_sentence(error)
    return ""


def unreachable_sentence(error: SQLAlchemyError) -> str:
    """Return the error of an unreachable database as a sentence."""
    return _(
        "The database cannot be reached: %(problem)s.",
        problem=first_error_line(getattr(error, "orig", None) or error).rstrip("."),
    )


def is_unavailable(error: BaseException) -> bool:
    """Return whether an error means that the database is away, restarting or full, so that a retry may succeed."""
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    sqlite_code = getattr(error.orig, "sqlite_errorcode", None)
    if sqlite_code is not None:
        return sqlite_code & 0xFF in TRANSIENT_SQLITE_ERRORS
    return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)


def audit_log_problems() -> dict[str, str]:
    """Return the first problem of each chain of the audit log that is broken or inconsistent with the tables.

    For an unbroken chain, further inconsistencies are counted.
    """
    with snapshot_read():
        names = db.session.scalars(select(AuditChain.name).order_by(AuditChain.name)).all()
        broken = {name: sentence for name in names if (sentence := first_chain_problem(name))}
        broken |= dict.fromkeys(missing_chains(), _("The whole chain is gone."))
        summaries: dict[str, InconsistencySummary] = {}
        for name, sentence in inconsistencies():
            summaries.setdefault(name, InconsistencySummary(sentence)).count += 1
        return {name: str(summary) for name, summary in summaries.items()} | broken


def mail_server_problem(settings: Settings) -> str:
    """Return what keeps the mail server from taking mail, as a sentence; "" if it answers, or the demo needs none."""
    if settings.mail_server is None:
        return ""
    try:
        with Smtp(settings.mail_server, settings.host, patience=10) as server:
            server.ready()
    except MailNotAccepted as trouble:
        return str(trouble)
    return ""
