"""The database's clock, which all machines share, and the offset of this machine's clock."""

import datetime as dt
from typing import cast

from sqlalchemy import func, select

from letterhub.clock import now
from letterhub.infrastructure.db import db, end_read_transaction


def database_now() -> dt.datetime:
    """Return the current time by the database's clock; for SQLite, this machine's."""
    return now() if db.engine.dialect.name == "sqlite" else _postgresql_now()


def seconds_ahead() -> float:
    """Return how many seconds this machine's clock is ahead of the database's; negative if it is behind."""
    if db.engine.dialect.name == "sqlite":
        return 0.0
    end_read_transaction()
    before = now()
    database_time = _postgresql_now()
    after = now()
    end_read_transaction()
    return (before + (after - before) / 2 - database_time).total_seconds()


def _postgresql_now() -> dt.datetime:
    return cast("dt.datetime", db.session.scalar(select(func.clock_timestamp()))).astimezone(dt.UTC)
