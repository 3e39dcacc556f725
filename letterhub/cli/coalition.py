"""Command `letterhub coalition`: creates a coalition, invites somebody to found one, closes one, opens its sign-in."""

import click

from letterhub.cli.bootstrap import ready_app_or_exit
from letterhub.clock import now
from letterhub.commands.accounts.provider import change_team_sign_in
from letterhub.commands.accounts.staff import found_coalition
from letterhub.commands.operations.coalition_closing import close_coalition, reopen_coalition
from letterhub.commands.operations.coalition_invitations import invite_coalition
from letterhub.domain.audit.log import OPERATOR
from letterhub.domain.line_validation import normalize_line
from letterhub.queries.accounts import coalition_id_by_slug


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


@coalition.command()
@click.argument("name")
@click.argument("email")
def invite(name: str, email: str) -> None:
    """Invite EMAIL to found the coalition NAME and become its owner. The worker emails a link that works for 14 days."""
    if not normalize_line(name):
        raise click.BadParameter("enter the name that letters are sent under", param_hint="NAME")
    with ready_app_or_exit():
        invite_coalition(normalize_line(name), email, actor=OPERATOR, staff_id=None, at=now())


@coalition.command()
@click.argument("address")
def close(address: str) -> None:
    """Close the coalition at ADDRESS to new letters. Those that it has are not affected."""
    with ready_app_or_exit():
        if not close_coalition(_coalition_id(address), actor=OPERATOR, at=now()):
            click.echo(f"{address} is closed to new letters already.", err=True)


@coalition.command()
@click.argument("address")
def reopen(address: str) -> None:
    """Let the coalition at ADDRESS write new letters again."""
    with ready_app_or_exit():
        if not reopen_coalition(_coalition_id(address), actor=OPERATOR, at=now()):
            click.echo(f"{address} is open to new letters.", err=True)


@coalition.command()
@click.argument("address")
def allow_any_sign_in(address: str) -> None:
    """Let the team of the coalition at ADDRESS sign in any way again, if it opens by the sign-in provider only."""
    with ready_app_or_exit():
        change_team_sign_in(_coalition_id(address), "", OPERATOR, now(), provider_only=False)


def _coalition_id(address: str) -> int:
    """Return the id of the coalition at an address. Exits with status 1 if there is none."""
    coalition_id = coalition_id_by_slug(address)
    if coalition_id is None:
        raise click.ClickException(f"There is no coalition at the address {address}.")
    return coalition_id
