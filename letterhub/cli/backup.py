"""Command `letterhub backup`: writes the whole database to one file."""

from pathlib import Path

import click
from flask import Flask

from letterhub.cli.bootstrap import site
from letterhub.clock import now
from letterhub.commands.mail.operator import mail_operator
from letterhub.commands.operations.backup import NoBackup, back_up
from letterhub.commands.operations.heartbeat import give_sign
from letterhub.domain.operations.heartbeat import Sign
from letterhub.infrastructure.host import machine_mark
from letterhub.infrastructure.logs import told
from letterhub.queries.operations.clock_offset import database_now
from letterhub.queries.operations.health import database_trouble


@click.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--made-elsewhere", is_flag=True, help="Write no backup: only note that another tool has just made one.")
def backup(file: Path | None, made_elsewhere: bool) -> None:
    """Write a backup of the whole database to FILE, while the site runs, for `letterhub restore`.

    FILE must not exist yet; only its owner may read it. The database may be at an older version: back it up before you
    migrate. If the backup fails, the command ends with status 1 and mails LETTERHUB_OPERATOR_EMAIL, if that is set.
    """
    if (file is None) is not made_elsewhere:
        raise click.UsageError("say where to write it, or --made-elsewhere to write none.")
    with site() as app:
        try:
            _back_up(app, file)
        except Exception as trouble:
            why = trouble.message if isinstance(trouble, click.ClickException) else told(trouble)
            if unsent := mail_operator(app.extensions["settings"], "the backup failed", ["No backup was made.", why], now()):
                click.echo(unsent, err=True)
            raise


def _back_up(app: Flask, file: Path | None) -> None:
    if trouble := database_trouble(of_any_version=True):
        raise click.ClickException(trouble)
    if file is not None:
        _write(file)
        if app.extensions["files"] is not None:
            click.echo("The files of editions are in the store that LETTERHUB_FILES_URL names: back that up, too.", err=True)
    if not database_trouble():  # an older version may lack the table
        give_sign(Sign.BACKUP, "", machine_mark(), database_now())


def _write(file: Path) -> None:
    try:
        size = back_up(file)
    except NoBackup as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"{file}: {size:,} bytes")
