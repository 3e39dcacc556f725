"""Command `letterhub outbox`: lists the mails of the whole site, and retries failed ones."""

import click

from letterhub.cli.bootstrap import ready_app_or_exit
from letterhub.clock import now
from letterhub.commands.mail.send import retry_mail
from letterhub.domain.mail.outgoing_mail import CannotRetry, MailState
from letterhub.queries.mail.outbox import outbox_page


@click.group()
def outbox() -> None:
    """List the emails of the whole site, and retry failed ones."""


@outbox.command("list")
@click.option("--state", type=click.Choice([str(state) for state in MailState]), help="Only emails in this state.")
@click.option("--to", "recipient", default="", help="Only emails to addresses that contain this.")
@click.option("--older-than", type=int, help="Only emails older than the one with this number.")
def list_mails(state: str | None, recipient: str, older_than: int | None) -> None:
    """List emails, newest first, a page at a time: number, time, kind, state, recipient, error."""
    with ready_app_or_exit():
        page = outbox_page(None, state=MailState(state) if state else None, recipient=recipient, older_than=older_than)
    for mail in page.mails:
        click.echo(f"{mail.id}\t{mail.posted_at:%Y-%m-%d %H:%M}\t{mail.kind}\t{mail.state}\t{mail.recipient}\t{mail.error}")
    if page.older_than:
        click.echo(f"There are more: --older-than {page.older_than}", err=True)


@outbox.command()
@click.argument("numbers", nargs=-1, required=True, type=int)
def retry(numbers: tuple[int, ...]) -> None:
    """Retry failed emails, by their numbers."""
    with ready_app_or_exit():
        for number in numbers:
            try:
                click.echo(f"{number}\t{retry_mail(number, None, now())}")
            except CannotRetry as refusal:
                raise click.ClickException(f"Email {number}: {refusal}") from refusal
