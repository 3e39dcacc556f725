"""`letterhub backup`: the whole database in one file."""

from pathlib import Path

import click

from letterhub.cli.site import ready_site
from letterhub.commands.backup import NoBackup, back_up


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write a backup of the whole database to FILE, while the site runs.

    FILE must not exist yet; only its owner may read it. From SQLite it is a database again: stop the site, put it in the
    place of the old one, start the site. From PostgreSQL it is for `pg_restore --clean --if-exists --dbname=NAME FILE`.
    """
    with ready_site():
        try:
            size = back_up(file)
        except NoBackup as refusal:
            raise click.ClickException(str(refusal)) from refusal
    click.echo(f"{file}: {size:,} bytes")
