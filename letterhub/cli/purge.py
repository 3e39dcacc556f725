"""Command `letterhub purge`: erases personal data whose retention period is over, or lists it."""

import datetime as dt
from collections.abc import Iterator

import click

from letterhub.cli.bootstrap import ready_app_or_exit
from letterhub.clock import now
from letterhub.commands.archive.deleted_drafts import erase_deleted_draft
from letterhub.commands.operations.coalition_invitations import purge_coalition_invitations
from letterhub.commands.operations.purge import purge_expired_data, purge_unused_contacts
from letterhub.domain.archive import DELETED_DRAFTS
from letterhub.domain.operations.coalition_invitations import ENDED_INVITATIONS
from letterhub.domain.operations.retention import UNUSED_CONTACTS
from letterhub.queries.archive import drafts_due_for_erasure
from letterhub.queries.operations.coalition_invitations import count_ended_invitations
from letterhub.queries.operations.retention import count_unused_contacts, due_erasures


@click.command()
@click.option("--dry-run", is_flag=True, help="List what would be erased, without erasing it.")
def purge(dry_run: bool) -> None:
    """Erase personal data kept longer than its letter allows. Prints letter, kind, count. The worker does it every hour."""
    with ready_app_or_exit():
        at = now()
        erasures = due_erasures(at)
        for erasure in erasures:
            while not dry_run and purge_expired_data(erasure.letter_id, erasure.data_kind, at):
                pass  # in batches, until none is left
            click.echo(f"{erasure.slug}\t{erasure.data_kind}\t{erasure.count}")
        of_no_letter = tuple(_erase_of_no_letter(at, dry_run=dry_run))
        for kind, count in of_no_letter:
            click.echo(f"\t{kind}\t{count}")
    if not erasures and not of_no_letter:
        click.echo("Nothing is due to be erased.", err=True)
    elif dry_run:
        click.echo("Nothing was erased: this was a dry run.", err=True)


def _erase_of_no_letter(at: dt.datetime, *, dry_run: bool) -> Iterator[tuple[str, int]]:
    """Erase what is due and belongs to no letter; yield each kind, and how many of it there were."""
    if contacts := count_unused_contacts(at):
        while not dry_run and purge_unused_contacts(at):
            pass
        yield UNUSED_CONTACTS, contacts
    if drafts := drafts_due_for_erasure(at):
        for letter_id in () if dry_run else drafts:
            erase_deleted_draft(letter_id, at)
        yield DELETED_DRAFTS, len(drafts)
    if invitations := count_ended_invitations(at):
        if not dry_run:
            purge_coalition_invitations(at)
        yield ENDED_INVITATIONS, invitations
