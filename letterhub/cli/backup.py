"""Command `letterhub backup`: writes the whole database to one file."""

from pathlib import Path

import click
from flask import Flask

from letterhub.cli.bootstrap import app_or_exit
from letterhub.cli.parameters import OutputFile
from letterhub.clock import now
from letterhub.commands.operations.backup import back_up
from letterhub.commands.operations.heartbeat import record_heartbeat
from letterhub.domain.errors import UserFacingError
from letterhub.domain.operations.readiness import HeartbeatKind
from letterhub.infrastructure.machine import machine_id
from letterhub.infrastructure.monitoring import describe_error
from letterhub.mail.transport import mail_operator
from letterhub.queries.operations.health import database_now, database_problem


@click.command()
@click.argument("file", required=False)
@click.option("--made-elsewhere", is_flag=True, help="Write no backup, only record that another tool has just made one.")
def backup(file: str | None, made_elsewhere: bool) -> None:
    """Write a backup of the whole database to FILE, while the site runs, for `letterhub restore`.

    FILE must not exist yet; only its owner may read it. The database may be at an older version: back it up before you
    migrate. If the backup fails, also because FILE is no name of a file, the command ends with status 1 and mails
    LETTERHUB_OPERATOR_EMAIL, if that is set.
    """
    if (file is None) is not made_elsewhere:
        raise click.UsageError("name the file to write, or use --made-elsewhere to write none.")
    with app_or_exit() as app:
        try:
            _back_up(app, None if file is None else _path(file))
        except Exception as error:
            is_sentence = isinstance(error, click.ClickException | UserFacingError)
            reason = str(error) if is_sentence else describe_error(error)
            if mail_error := mail_operator(
                app.extensions["settings"], "the backup failed", ["No backup was made.", reason], now()
            ):
                click.echo(mail_error, err=True)
            raise


def _path(file: str) -> Path:
    """Return the path of a backup to write. Raises ClickException, so that a schedule with a wrong name is mailed about."""
    try:
        return OutputFile().convert(file, None, None)
    except click.BadParameter as error:
        raise click.ClickException(f"The backup has no place: {error.message}") from error


def _back_up(app: Flask, file: Path | None) -> None:
    """Write a backup to a file, if one is given, and record that a backup was made.

    Raises ClickException and BackupFailed.
    """
    if problem := database_problem(ignore_version=True):
        raise click.ClickException(problem)
    if file is not None:
        click.echo(f"{file}: {back_up(file):,} bytes")
        if app.extensions["files"] is not None:
            click.echo("The files of editions are in the file storage set by LETTERHUB_FILES_URL. Back that up, too.", err=True)
    if not database_problem():  # an older version may lack the table
        record_heartbeat(HeartbeatKind.BACKUP, "", machine_id(), database_now())
