"""Reads that a site in production is checked by: who signs in with a password alone?"""

from sqlalchemy import func, select

from letterhub.db import db
from letterhub.models import Staff


def without_second_step() -> int:
    """How many people can sign in and have not set up a second step."""
    open_accounts = (Staff.active.is_(True), Staff.password.is_not(None), Staff.tf_primary_method.is_(None))
    return db.session.scalar(select(func.count()).select_from(Staff).where(*open_accounts)) or 0
