"""Migration of the database to the tables of this version. See docs/design/databases.md."""

import flask_migrate
from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from letterhub.domain.errors import UserFacingError
from letterhub.infrastructure.db import db
from letterhub.paths import ROOT
from letterhub.queries.operations.health import is_unavailable, unreachable_sentence
from letterhub.queries.operations.migrations import current_migration


class CannotMigrate(UserFacingError):
    """Raised when a database could not be migrated; it is unchanged."""


def init_migrations(app: Flask) -> None:
    """Register Flask-Migrate on an app. Only commands that migrate do this, not web processes or workers."""
    flask_migrate.Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)


def migrate_to_newest() -> str:
    """Migrate to the newest revision or not at all, while other migrating processes wait; return the revision reached."""
    init_migrations(current_app)
    try:
        flask_migrate.upgrade()
    except SQLAlchemyError as error:
        if not is_unavailable(error):
            raise
        raise CannotMigrate(unreachable_sentence(error)) from error
    return current_migration()
