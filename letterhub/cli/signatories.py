"""Command `letterhub signatories import`: imports names from a file into a letter's review queue."""

from pathlib import Path

import click

from letterhub.cli.bootstrap import ready_app_or_exit
from letterhub.cli.parameters import InputFile, table_options
from letterhub.clock import now
from letterhub.commands.signatures.signatory_import import import_file
from letterhub.domain.audit.log import OPERATOR
from letterhub.domain.signatures.signatory_import import RowOutcome
from letterhub.intake.tables.choices import TableChoices
from letterhub.queries.letters.letter_lookup import letter_id_of
from letterhub.queries.signatures.signatory_import import check_accepts_imports, plan_file


@click.group()
def signatories() -> None:
    """Names collected elsewhere."""


@signatories.command("import")
@click.argument("letter")
@click.argument("file", type=InputFile())
@table_options
@click.option("--without-email", is_flag=True, help="Don't email the signatories that their names were added.")
@click.option("--dry-run", is_flag=True, help="Show what would happen to each row, without importing it.")
def import_names(letter: str, file: Path, choices: TableChoices, without_email: bool, dry_run: bool) -> None:
    """Import the names of FILE, a spreadsheet or CSV, into the review queue of LETTER, which is the last part of its address.

    Rows that name someone who is already there or was taken off before are left out, and so are rows that cannot be read;
    each is reported on standard error with its line. Signatories with an address are emailed their line, with a link to
    correct it or object; those of a draft, once it opens.
    """
    with ready_app_or_exit():
        letter_id = letter_id_of(letter)
        check_accepts_imports(letter_id)
        data = file.read_bytes()
        _print_rows(letter_id, file.name, data, choices)
        if dry_run:
            return
        count = import_file(letter_id, file.name, data, choices, is_notified=not without_email, actor=OPERATOR, at=now())
    if count == 1:
        click.echo("1 name imported; review it before it is printed.")
    else:
        click.echo(f"{count:,} names imported; review them before they are printed.")


def _print_rows(letter_id: int, file_name: str, data: bytes, choices: TableChoices) -> None:
    """Print on standard error what there is to say about a file's rows, and how many of them are new."""
    rows, notes = plan_file(letter_id, data, file_name, choices)
    for note in notes:
        click.echo(f"{file_name}: {note}", err=True)
    for row in rows:
        remarks = " ".join(filter(None, (row.sentence, *row.parsed.remarks)))
        if remarks:
            name = row.parsed.signatory.name
            place = f"line {row.parsed.line}, {name}" if name else f"line {row.parsed.line}"
            click.echo(f"{file_name}, {place}: {remarks}", err=True)
    new = sum(row.outcome is RowOutcome.NEW for row in rows)
    click.echo(f"{file_name}: {new:,} of {len(rows):,} rows are new.", err=True)
