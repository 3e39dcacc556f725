"""Command `letterhub staff`: invites staff, and turns off two-factor authentication for a locked-out member."""

import click

from letterhub.cli.bootstrap import ready_app_or_exit
from letterhub.clock import now
from letterhub.commands.accounts.account import disable_two_factor_by_email
from letterhub.commands.accounts.staff import invite_staff
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
def invite(coalition: str, email: str, role: str) -> None:
    """Invite EMAIL to the staff of COALITION, named by its address. The worker emails a link that works for 14 days."""
    with ready_app_or_exit():
        coalition_id = coalition_id_by_slug(coalition)
        if coalition_id is None:
            raise click.ClickException(
                f"There is no coalition at the address {coalition}. Create one with: letterhub coalition create"
            )
        invite_staff(coalition_id, email, Role(role), OPERATOR, now())


@staff.command()
@click.argument("email")
def reset_two_factor(email: str) -> None:
    """Turn off two-factor sign-in for EMAIL, who lost the app and the recovery codes. First make sure who is asking."""
    with ready_app_or_exit():
        disable_two_factor_by_email(email)
