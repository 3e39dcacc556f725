"""`letterhub migrate`: brings the database up to date."""

import click
import flask_migrate

from letterhub.cli.site import site
from letterhub.queries.health import at_revision


@click.command()
def migrate() -> None:
    """Bring the database to the tables of this version. Make a backup first."""
    with site():
        flask_migrate.upgrade()
        click.echo(f"The database is at {at_revision()}.")
