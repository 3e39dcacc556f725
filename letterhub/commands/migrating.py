"""Brings the database to the tables of this version."""

import flask_migrate
from sqlalchemy.exc import SQLAlchemyError

from letterhub.domain.refusals import Refused
from letterhub.queries.health import at_revision, is_away, told_of


class CannotMigrate(Refused):
    """A database that could not be migrated; it is as it was."""


def migrate_to_newest() -> str:
    """Migrates all the way or not at all, while every other process that wants to waits; gives where the database is then."""
    try:
        flask_migrate.upgrade()
    except SQLAlchemyError as error:
        if not is_away(error):
            raise
        raise CannotMigrate(told_of(error)) from error
    return at_revision()
