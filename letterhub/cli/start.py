"""Command `letterhub start`: a site in one process, set up with its address and its mail server alone."""

import sys

import click

from letterhub.cli.bootstrap import app_or_exit, wait_for_database
from letterhub.cli.demo import demo
from letterhub.cli.serve import serve
from letterhub.clock import now
from letterhub.commands.operations.backup import back_up
from letterhub.commands.operations.migrate import migrate_to_newest
from letterhub.config import InvalidSettings, Settings, keep_secret, names_a_site
from letterhub.queries.operations.migrations import NEVER_MIGRATED, current_migration, newest_migration


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.pass_context
def start(context: click.Context, host: str, port: int) -> None:
    """Set up a site and run it in one process, web server and worker, until Ctrl-C.

    It needs LETTERHUB_PUBLIC_URL and LETTERHUB_MAIL_URL; without both it is the demo. The first start makes a secret key and
    the database in LETTERHUB_DATA_DIR; a start after an upgrade backs the database up there and migrates it. Found the first
    coalition with `letterhub coalition create`.
    """
    if not names_a_site():
        context.invoke(demo, host=host, port=port)
        return
    try:
        keep_secret()
    except InvalidSettings as error:
        click.echo("\n".join(error.sentences), err=True)
        sys.exit(2)
    with app_or_exit() as app:
        settings: Settings = app.extensions["settings"]
        wait_for_database(settings)
        if current_migration() not in (NEVER_MIGRATED, newest_migration()):
            file = settings.data_dir / f"before-{newest_migration()}-{now():%Y%m%d-%H%M%S}.backup"
            click.echo(f"Backed up before the upgrade: {file}, {back_up(file):,} bytes")
        migrate_to_newest()
    context.invoke(serve, host=host, port=port, workers=1, with_worker=True)
