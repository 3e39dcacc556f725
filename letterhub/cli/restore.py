"""Command `letterhub restore`: replaces the database with a backup."""

from pathlib import Path

import click

from letterhub.cli.bootstrap import app_or_exit
from letterhub.cli.parameters import InputFile
from letterhub.commands.operations.restore import restore_backup


@click.command()
@click.argument("file", type=InputFile(reads_pipes=False))
@click.option(
    "--replace", is_flag=True, help="Replace a database that contains letters. Anything newer than the backup is lost."
)
def restore(file: Path, replace: bool) -> None:
    """Replace the database with the backup FILE. Stop the site first, and start it again afterwards.

    FILE is read through before anything is touched. The database becomes what FILE holds, or stays as it was; a backup of an
    older Letterhub is then migrated. Finally, its record and the files of its editions are checked.
    """
    with app_or_exit():
        result = restore_backup(file, replace=replace)
    summary = result.summary
    counts = f"{summary.letters} letters, {summary.signatures} signatures, {summary.editions} editions"
    click.echo(f"{counts}, {summary.entries} audit log entries")
    is_migrated = result.backup_migration != result.database_migration
    migrated_from = f"; the backup was at {result.backup_migration}" if is_migrated else ""
    click.echo(f"The database is at {result.database_migration}{migrated_from}.")
    if result.audit_problems or summary.damaged:
        problems = [f"{chain}: {sentence}" for chain, sentence in result.audit_problems.items()] + list(summary.damaged)
        raise click.ClickException("restored, but some of it is not as it was stored. " + " ".join(problems))
    click.echo("Its audit log is intact. Now erase what has become due since: letterhub purge")
