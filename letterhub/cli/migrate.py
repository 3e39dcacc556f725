"""Command `letterhub migrate`: migrates the database to the newest version."""

import click

from letterhub.cli.bootstrap import app_or_exit, wait_for_database
from letterhub.commands.operations.migrate import migrate_to_newest


@click.command()
@click.option("--no-wait", is_flag=True, help="Fail at once if the database server does not answer, instead of waiting.")
def migrate(no_wait: bool) -> None:
    """Migrate the database to this version, completely or not at all. Make a backup first.

    Where several machines start at once, each may run it: one migrates, the others wait and find nothing left to do. A
    database server that does not answer yet, as after a boot, is waited for.
    """
    with app_or_exit() as app:
        if not no_wait:
            wait_for_database(app.extensions["settings"])
        reached = migrate_to_newest()
    click.echo(f"The database is at {reached}.")
