"""Command `letterhub staff`: invites staff, makes operators of the site, and turns off a lost second factor."""

import click

from letterhub.cli.bootstrap import ready_app_or_exit
from letterhub.clock import now
from letterhub.commands.accounts.staff import invite_staff
from letterhub.commands.accounts.two_factor import disable_two_factor_by_email
from letterhub.commands.operations.operators import grant_operator, revoke_operator
from letterhub.domain.accounts.roles import Role
from letterhub.domain.audit.log import OPERATOR
from letterhub.queries.accounts import coalition_id_by_slug


@click.group()
def staff() -> None:
    """Staff of the coalitions on this site."""


@staff.command()
@click.argument("coalition")
@click.argument("email")
@click.option(
    "--role",
    type=click.Choice([str(role) for role in Role]),
    default=str(Role.OWNER),
    show_default=True,
    help="The role, which says what this person may do.",
)
@click.option("--operator", "is_operator", is_flag=True, help="Also let this person see the pages of the site, at /site.")
def invite(coalition: str, email: str, role: str, is_operator: bool) -> None:
    """Invite EMAIL to the staff of COALITION, named by its address. The worker emails a link that works for 14 days."""
    with ready_app_or_exit():
        coalition_id = coalition_id_by_slug(coalition)
        if coalition_id is None:
            raise click.ClickException(
                f"There is no coalition at the address {coalition}. Create one with: letterhub coalition create"
            )
        invite_staff(coalition_id, email, Role(role), OPERATOR, now())
        if is_operator:
            grant_operator(email, now())


@staff.command()
@click.argument("email")
@click.option("--revoke", is_flag=True, help="Take it back, and sign this person out everywhere.")
def operator(email: str, revoke: bool) -> None:
    """Let EMAIL, who has an account, see the pages of the site at /site: figures and states, and invitations of coalitions."""
    with ready_app_or_exit():
        has_changed = (revoke_operator if revoke else grant_operator)(email, now())
    if not has_changed:
        click.echo(f"{email} is no operator of this site." if revoke else f"{email} is an operator already.", err=True)


@staff.command()
@click.argument("email")
@click.option("--unlink", is_flag=True, help="Also unlink the account from the sign-in provider.")
def reset_two_factor(email: str, unlink: bool) -> None:
    """Turn off two-factor sign-in for EMAIL, who lost the app and the recovery codes, and remove all passkeys.

    First make sure who is asking.
    """
    with ready_app_or_exit():
        disable_two_factor_by_email(email, unlink=unlink)
