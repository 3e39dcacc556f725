"""Lookup of login sessions."""

import datetime as dt

from sqlalchemy import select

from letterhub.domain.accounts.roles import SIGNED_IN_FOR
from letterhub.infrastructure.db import db
from letterhub.models import SignIn, Staff, hash_of_key


def signed_in_as(uniquifier: str, key: str, at: dt.datetime) -> Staff | None:
    """Return the account of a session; None if it has ended or expired."""
    found = (
        select(Staff)
        .join(SignIn, SignIn.staff_id == Staff.id)
        .where(Staff.fs_uniquifier == uniquifier, Staff.active, SignIn.key_hash == hash_of_key(key))
        .where(SignIn.begun_at > at - SIGNED_IN_FOR)
    )
    return db.session.scalar(found)
