"""`letterhub migrate`: brings the database up to date."""

import click

from letterhub.cli.site import site
from letterhub.commands.migrating import CannotMigrate, migrate_to_newest


@click.command()
def migrate() -> None:
    """Bring the database up to the tables of this version, completely or not at all. Make a backup first.

    Where several machines start at once, each may run it: one migrates, the others wait and find nothing left to do.
    """
    with site():
        try:
            found = migrate_to_newest()
        except CannotMigrate as refusal:
            raise click.ClickException(str(refusal)) from refusal
    click.echo(f"The database is at {found}.")
