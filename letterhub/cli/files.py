"""Command `letterhub files`: moves, verifies and cleans up the files of editions in database and object store."""

from collections.abc import Callable, Iterable

import click

from letterhub.cli.bootstrap import ready_app_or_exit
from letterhub.clock import now
from letterhub.commands.operations.storage_migration import delete_orphans, move_to_database, move_to_store
from letterhub.infrastructure.object_store import FileDamaged, StorageUnavailable
from letterhub.queries.operations.storage import (
    DONE,
    IN_DATABASE,
    IN_STORE,
    download_name,
    file_ids_where,
    file_problem,
    orphans,
)

DESTINATIONS = {"store": (IN_DATABASE, move_to_store), "database": (IN_STORE, move_to_database)}


@click.group()
def files() -> None:
    """Stored files of editions: in the database, or in the file storage set by LETTERHUB_FILES_URL."""


@files.command()
@click.argument("destination", type=click.Choice(list(DESTINATIONS)))
def move(destination: str) -> None:
    """Move all finished files to DESTINATION, while the site runs.

    Each file is verified by its hash on the way. You can stop at any time, and run it again to move the rest.
    """
    condition, move_file = DESTINATIONS[destination]
    with ready_app_or_exit():
        _for_each(file_ids_where(condition), move_file, "moved")


@files.command()
def check() -> None:
    """Read every finished file and list those that are damaged. Exits with status 1 if there are any."""
    with ready_app_or_exit():
        _for_each(file_ids_where(DONE), _verify, "read")


@files.command()
@click.option("--dry-run", is_flag=True, help="List what would be erased, without erasing it.")
def clean(dry_run: bool) -> None:
    """Erase files older than a day that belong to no edition, such as those left by a killed worker.

    The file storage, or its folder, must be used by this site only.
    """
    with ready_app_or_exit():
        if not dry_run:
            click.echo(f"{delete_orphans(now())} erased")
            return
        for orphan in orphans(now()):
            click.echo(f"{orphan.sha256}\t{orphan.size}\t{orphan.stored_at:%Y-%m-%d %H:%M}")
        click.echo("Nothing was erased: this was a dry run.", err=True)


def _verify(file_id: int) -> None:
    if problem := file_problem(file_id):
        raise FileDamaged(problem)


def _for_each(file_ids: Iterable[int], apply: Callable[[int], None], verb: str) -> None:
    """Apply an action to each file, print damaged ones, and count; exit with status 1 if any is damaged."""
    fine = damaged = 0
    try:
        for file_id in file_ids:
            try:
                apply(file_id)
                fine += 1
            except FileDamaged as error:
                damaged += 1
                click.echo(f"{download_name(file_id)}: {error}", err=True)
    except StorageUnavailable as error:
        raise click.ClickException(f"{error} {fine} {verb} before.") from error
    click.echo(f"{fine} {verb}")
    if damaged:
        raise click.ClickException(f"{damaged} damaged.")
