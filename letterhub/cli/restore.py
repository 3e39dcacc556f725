"""Command `letterhub restore`: replaces the database with a backup."""

from pathlib import Path

import click

from letterhub.cli.bootstrap import app_or_exit
from letterhub.commands.operations.restore import RestoreResult, restore_backup
from letterhub.domain.errors import UserFacingError


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--replace", is_flag=True, help="Replace a database that contains letters. Anything newer than the backup is lost."
)
def restore(file: Path, replace: bool) -> None:
    """Replace the database with the backup FILE. Stop the site first, and start it again afterwards.

    FILE is read through before anything is touched. The database becomes what FILE holds, or stays as it was; a backup of an
    older Letterhub is then migrated. Finally, its record and the files of its editions are checked.
    """
    with app_or_exit():
        try:
            done = restore_backup(file, replace=replace)
        except UserFacingError as refusal:
            raise click.ClickException(str(refusal)) from refusal
    _print_summary(done)
    if done.audit_problems or done.summary.damaged:
        told = [f"{chain}: {sentence}" for chain, sentence in done.audit_problems.items()] + list(done.summary.damaged)
        raise click.ClickException("restored, but some of it is not as it was stored. " + " ".join(told))
    click.echo("Its audit log is intact. Now erase what has become due since: letterhub purge")


def _print_summary(done: RestoreResult) -> None:
    holds = done.summary
    kept = f"{holds.letters} letters, {holds.signatures} signatures, {holds.editions} editions"
    click.echo(f"{kept}, {holds.entries} audit log entries")
    moved = "" if done.backup_migration == done.database_migration else f"; the backup was at {done.backup_migration}"
    click.echo(f"The database is at {done.database_migration}{moved}.")
