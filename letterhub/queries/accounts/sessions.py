"""Lookup of login sessions."""

import datetime as dt

from sqlalchemy import select

from letterhub.domain.accounts.roles import SESSION_LIFETIME
from letterhub.infrastructure.db import db
from letterhub.models import LoginSession, Staff, hash_session_key


def session_account(uniquifier: str, key: str, at: dt.datetime) -> Staff | None:
    """Return the account of a session; None if it has ended or expired."""
    query = (
        select(Staff)
        .join(LoginSession, LoginSession.staff_id == Staff.id)
        .where(Staff.fs_uniquifier == uniquifier, Staff.active, LoginSession.key_hash == hash_session_key(key))
        .where(LoginSession.started_at > at - SESSION_LIFETIME)
    )
    return db.session.scalar(query)
