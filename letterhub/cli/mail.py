"""Command `letterhub mail`: tries out email."""

import click

from letterhub.cli._production_checks import CheckFailed, ProductionOptions
from letterhub.cli.bootstrap import app_or_exit
from letterhub.cli.check import production_checks, run_checks
from letterhub.clock import now
from letterhub.config import Settings
from letterhub.domain.mail.outgoing_mail import MailNotAccepted
from letterhub.mail.transport import send_at_once
from letterhub.setting_parsers import parse_mailbox

TEXT = """This is a test, sent by `letterhub mail test` at {site}.

If it is in your spam folder, check SPF, DKIM and DMARC: in the original of this email, each must say “pass”.
"""


@click.group()
def mail() -> None:
    """Try out email."""


@mail.command("test")
@click.argument("address")
@click.option(
    "--dkim", default="", metavar="NAME", help="The name (selector) of the DKIM key that your mail server signs with."
)
def send_test(address: str, dkim: str) -> None:
    """Send one email to ADDRESS, and print the mail server's answer and what the DNS says of the sender.

    Exits with status 1 if the server does not accept it, or if SPF, DKIM or DMARC needs fixing.
    """
    try:
        recipient = parse_mailbox(address)
    except ValueError as problem:
        raise click.BadParameter(str(problem), param_hint="ADDRESS") from problem

    def send(settings: Settings) -> str:
        try:
            return send_at_once(settings, recipient, "a test", TEXT.format(site=settings.public_url), now())
        except MailNotAccepted as refusal:
            raise CheckFailed(str(refusal)) from refusal

    dns = {
        name: check for name, check in production_checks(ProductionOptions(dkim)).items() if name in ("SPF", "DKIM", "DMARC")
    }
    with app_or_exit() as app:
        failed = [name for name, _sentence, is_fine in run_checks(app, {"Email": send} | dns) if not is_fine]
    if failed:
        raise click.ClickException(f"failed: {', '.join(failed)}")
