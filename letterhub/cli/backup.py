"""`letterhub backup`: the whole database in one file."""

from pathlib import Path

import click

from letterhub.cli.site import site
from letterhub.commands.backup import NoBackup, back_up
from letterhub.queries.health import database_trouble


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write a backup of the whole database to FILE, while the site runs, for `letterhub restore`.

    FILE must not exist yet; only its owner may read it. The database may be at an older version: make one before you migrate.
    """
    with site():
        if trouble := database_trouble(of_any_version=True):
            raise click.ClickException(trouble)
        try:
            size = back_up(file)
        except NoBackup as refusal:
            raise click.ClickException(str(refusal)) from refusal
    click.echo(f"{file}: {size:,} bytes")
