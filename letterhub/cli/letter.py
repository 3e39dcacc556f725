"""Command `letterhub letter`: imports letters."""

import sys
from pathlib import Path

import click

from letterhub.cli.bootstrap import ready_app_or_exit
from letterhub.cli.parameters import InputFile
from letterhub.clock import now
from letterhub.commands.letters.drafts import create_letter
from letterhub.domain.audit.log import OPERATOR
from letterhub.intake.errors import FileRefused
from letterhub.intake.letters.draft_file import read_draft
from letterhub.queries.accounts import coalition_id_by_slug, coalition_slugs

MAKE_ONE = "Create one with: letterhub coalition create"


@click.group()
def letter() -> None:
    """Letters of this site."""


@letter.command("import")
@click.argument("file", type=InputFile())
@click.option("--coalition", help="The address of the coalition that the letter belongs to. Required if there are several.")
def import_letter(file: Path, coalition: str | None) -> None:
    """Create a draft from FILE, a Word document (.docx) or Markdown as for `letterhub render`, and print its address.

    Exit status: 0 if the draft was begun, 1 if it could not be, 2 if the file cannot be read.
    """
    with ready_app_or_exit():
        coalition = coalition or _only_coalition()
        coalition_id = coalition_id_by_slug(coalition)
        if coalition_id is None:
            raise click.ClickException(f"There is no coalition at the address {coalition}. {MAKE_ONE}")
        try:
            text, notes = read_draft(file.read_bytes(), str(file), file.parent)
            slug = create_letter(coalition_id, text, actor=OPERATOR, staff_id=None, at=now())
        except FileRefused as refusal:
            click.echo(str(refusal), err=True)
            sys.exit(2)
    for note in notes:
        click.echo(f"{file.name}: {note}", err=True)
    click.echo(f"/staff/{coalition}/letters/{slug}/write")


def _only_coalition() -> str:
    """Return the slug of this site's coalition, if there is only one."""
    match coalition_slugs():
        case []:
            raise click.ClickException(f"There is no coalition yet. {MAKE_ONE}")
        case [address]:
            return address
        case several:
            raise click.UsageError(f"name the coalition: --coalition with one of {', '.join(several)}.")
