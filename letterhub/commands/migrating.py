"""Brings the database to the tables of this version."""

import flask_migrate
from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from letterhub.config import ROOT
from letterhub.db import db
from letterhub.domain.refusals import Refused
from letterhub.queries.health import is_away, told_of
from letterhub.queries.migrations import at_revision


class CannotMigrate(Refused):
    """A database that could not be migrated; it is as it was."""


def ready_to_migrate(app: Flask) -> None:
    """Makes an app known to what migrates; those that serve a site or work for it never are, and do not hold it."""
    flask_migrate.Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)


def migrate_to_newest() -> str:
    """Migrates all the way or not at all, while every other process that wants to waits; gives where the database is then."""
    ready_to_migrate(current_app)
    try:
        flask_migrate.upgrade()
    except SQLAlchemyError as error:
        if not is_away(error):
            raise
        raise CannotMigrate(told_of(error)) from error
    return at_revision()
