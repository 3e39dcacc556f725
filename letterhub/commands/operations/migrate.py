"""Migration of the database to the tables of this version. See docs/design/databases.md."""

import flask_migrate
from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from letterhub.config import ROOT
from letterhub.domain.errors import Refused
from letterhub.infrastructure.db import db
from letterhub.queries.operations.health import is_away, told_of
from letterhub.queries.operations.migrations import at_revision


class CannotMigrate(Refused):
    """Raised when a database could not be migrated; it is unchanged."""


def ready_to_migrate(app: Flask) -> None:
    """Register Flask-Migrate on an app. Only commands that migrate do this, not web processes or workers."""
    flask_migrate.Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)


def migrate_to_newest() -> str:
    """Migrate to the newest revision or not at all, while other migrating processes wait; return the revision reached."""
    ready_to_migrate(current_app)
    try:
        flask_migrate.upgrade()
    except SQLAlchemyError as error:
        if not is_away(error):
            raise
        raise CannotMigrate(told_of(error)) from error
    return at_revision()
