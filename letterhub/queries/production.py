"""Reads that a site in production is checked by: does the database's clock agree, and who signs in with a password alone?"""

import datetime as dt
from typing import cast

from sqlalchemy import func, select

from letterhub.clock import now
from letterhub.db import db, end_of_reading
from letterhub.models import Staff


def seconds_ahead() -> float:
    """By how much the database's clock is ahead of this machine's; SQLite has no other than this one."""
    end_of_reading()
    if db.engine.dialect.name == "sqlite":
        return 0.0
    before = now()
    told = cast("dt.datetime", db.session.scalar(select(func.clock_timestamp())))
    after = now()
    end_of_reading()
    return (told - (before + (after - before) / 2)).total_seconds()


def without_second_step() -> int:
    """How many people can sign in and have not set up a second step."""
    open_accounts = (Staff.active.is_(True), Staff.password.is_not(None), Staff.tf_primary_method.is_(None))
    return db.session.scalar(select(func.count()).select_from(Staff).where(*open_accounts)) or 0
