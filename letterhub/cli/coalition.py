"""Command `letterhub coalition create`: creates a coalition on this site."""

import click

from letterhub.cli.bootstrap import ready_app_or_exit
from letterhub.clock import now
from letterhub.commands.accounts.staff import found_coalition
from letterhub.domain.line_validation import normalize_line


@click.group()
def coalition() -> None:
    """Coalitions of this site."""


@coalition.command()
@click.argument("name")
@click.option("--slug", default="", help="The last part of its address, /staff/SLUG/. Made from the name by default.")
def create(name: str, slug: str) -> None:
    """Create the coalition NAME and print its address, which you need to invite its staff."""
    if not normalize_line(name):
        raise click.BadParameter("enter the name that letters are sent under", param_hint="NAME")
    with ready_app_or_exit():
        click.echo(found_coalition(normalize_line(name), slug, now()))
