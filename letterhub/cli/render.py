"""Command `letterhub render`: renders a letter from files, without a database."""

import contextlib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from letterhub.cli.output import check_output_paths, progress_line, waiting_line, write_atomically
from letterhub.cli.parameters import InputFile, OutputFile, table_options
from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.draft_lint import find_placeholders
from letterhub.domain.letters.letter_document import LetterDocument
from letterhub.domain.letters.signatory_order import build_document
from letterhub.intake.letters.draft_file import check_draft_placeholders, read_draft
from letterhub.intake.tables.choices import TableChoices
from letterhub.intake.tables.layout import TableQuestion
from letterhub.intake.tables.signatory_table import read_signatories, row_refusals, valid_signatories, without_bad_rows
from letterhub.intake.tables.table_lint import duplicate_line_notes
from letterhub.rendering.files import RENDERERS
from letterhub.rendering.letter.lint.markdown_lint import text_notes
from letterhub.rendering.pdf.letter_pdf import render_letter_pdf
from letterhub.rendering.text.text_export import one_line_signatory

_LEFT_OUT = "The row is left out."

_FORMATS = {
    "html_out": ("Rendering the web page", FileFormat.HTML),
    "docx_out": ("Writing the Word document", FileFormat.DOCX),
    "odt_out": ("Writing the OpenDocument text", FileFormat.ODT),
    "csv_out": ("Writing the table", FileFormat.CSV),
    "xlsx_out": ("Writing the spreadsheet", FileFormat.XLSX),
    "txt_out": ("Writing the text", FileFormat.TXT),
}
"""Formats by the option that names their file, each with what is shown meanwhile."""

HELP = """Render LETTER with SIGNATORIES as HTML, PDF, Word, ODT, CSV, XLSX and plain text.

\b
LETTER is Markdown. Between two lines of --- it may open with
    title, date (2026-01-07 or June 2013), via, addressee or
    addressees, re, salutation, closing, cc, enclosures,
    language (en, pt-BR, …; guessed if it is not given),
    letterhead (name, lines, logo or logos), paper (letter or a4),
    theme (classic, modern or plain), face (serif or sans),
    accent (a color in quotes, "#7a1f2b"), window_envelope (yes),
    margins (1.5in, 1.25in or 1in), size (12 or 11), justify (yes),
    figures (old-style or lining), short_subject (for later pages),
    order (alphabetical, sections, location or as-given),
    shown (organization, signer, location, block or logos),
    signature_blocks (none, leads or all), signature_lines (yes).
Several logos are a list; each may have a file and say what it
shows. Files of logos are in the folder of LETTER or below it.
An addressee is a text or a name with lines. {{count}},
{{organizations}} and {{individuals}} stand for the numbers of
signatories, {{count_in_words}} and so on for the same in words.
Annexes follow the names: annex or annexes names Markdown files or
PDFs (printed as pictures of their pages), or blocks with title and
file; so does :::annex Title in the text.
notes (foot or end) and links (notes, list or none) say where
paper has notes, and addresses of links.
![What it shows](chart.png "Caption"){width=60% numbered} on a line
of its own is a figure; its file is in the folder of LETTER.
A page ends at \\newpage on a line of its own; what stands between
:::keep and ::: stays on one page.
LETTER may be a Word document (.docx), too: its title and text.

\b
SIGNATORIES is a spreadsheet (.xlsx, .xls, .ods) or CSV, with any of
the columns
    organization, signer_name, signer_title, email, location,
    kind (organization or individual), website, section,
    lead (yes, or its place among the leads: 1, 2, …),
    sort_name, affiliation, logo and signature_picture (files in
    its folder)
in any order. Usual headings of forms and spreadsheets are known
too; of others, --column says what they are. An email address is
never printed.

\b
Files are written whole or not at all. Exit status: 0 when all was
written, 1 when the letter could not be set, 2 when a file cannot
be read or has no place; the sentence on standard error names file,
line, column.

\b
Example:
    letterhub render rivers.md rivers.csv --html rivers.html --pdf rivers.pdf
"""


@click.command(help=HELP, short_help="Render a letter from files, without a database.")
@click.argument("letter", type=InputFile())
@click.argument("signatories", type=InputFile())
@table_options
@click.option("--skip-bad-rows", is_flag=True, help="Leave out rows that cannot be used, after reporting each.")
@click.option("--html", "html_out", type=OutputFile(), help="Write one HTML file with fonts and logo inside.")
@click.option("--pdf", "pdf_out", type=OutputFile(), help="Write a tagged PDF.")
@click.option("--docx", "docx_out", type=OutputFile(), help="Write a Word document.")
@click.option("--odt", "odt_out", type=OutputFile(), help="Write an OpenDocument text, for LibreOffice.")
@click.option("--csv", "csv_out", type=OutputFile(), help="Write the signatories as they are printed.")
@click.option("--xlsx", "xlsx_out", type=OutputFile(), help="Write the signatories as a spreadsheet.")
@click.option("--txt", "txt_out", type=OutputFile(), help="Write plain text.")
def render(
    letter: Path, signatories: Path, choices: TableChoices, skip_bad_rows: bool, pdf_out: Path | None, **outputs: Path | None
) -> None:
    """Read both files, render the requested formats, and write them at the end."""
    others = {form: path for form, path in outputs.items() if path}
    if not (pdf_out or others):
        raise click.UsageError("name at least one file to write: --html, --pdf, --docx, --odt, --csv, --xlsx or --txt.")
    with _exit_on_error(2):
        check_output_paths([path for path in (pdf_out, *outputs.values()) if path], (letter, signatories))
        document = _read_document(letter, signatories, choices, skip_bad_rows=skip_bad_rows)
    with _exit_on_error(1):
        files: dict[Path, bytes] = {}
        if pdf_out:
            with progress_line() as show:
                rendered = render_letter_pdf(document, show)
            _print_notes("PDF", rendered.warnings)
            files[pdf_out] = rendered.data
        for form, path in others.items():
            label, file_format = _FORMATS[form]
            with waiting_line(label):
                files[path] = RENDERERS[file_format](document)
        write_atomically(files)


@contextlib.contextmanager
def _exit_on_error(status: int) -> Iterator[None]:
    """Exit with a status after printing a user-facing or system error."""
    try:
        yield
    except (UserFacingError, OSError) as problem:
        advice = " Use --sheet, --headings or --column." if isinstance(problem, TableQuestion) else ""
        click.echo(f"letterhub render: {problem}{advice}", err=True)
        sys.exit(status)


def _read_document(letter: Path, signatories: Path, choices: TableChoices, *, skip_bad_rows: bool) -> LetterDocument:
    """Return the document that both files make, and print remarks about them. Raises UserFacingError and OSError."""
    data = letter.read_bytes()
    text, letter_notes = read_draft(data, letter.name, letter.parent)
    letter_notes += check_draft_placeholders(data, letter.name, text)
    letter_notes += tuple(
        f"“{phrase}” looks like a placeholder that still needs to be filled in." for phrase in find_placeholders(text)
    )
    letter_notes += text_notes(text)
    with waiting_line(f"Reading {signatories.name}"):
        table = read_signatories(signatories.read_bytes(), signatories.name, signatories.parent, choices)
    _print_notes(letter.name, letter_notes)
    rows = ((row.line, row.signatory) for row in table.rows)
    duplicates = duplicate_line_notes(rows, lambda signatory: one_line_signatory(signatory, text))
    _print_notes(signatories.name, (*table.notes, *duplicates))
    if skip_bad_rows:
        for refusal in row_refusals(table, signatories.name):
            click.echo(f"{refusal} {_LEFT_OUT}", err=True)
        table = without_bad_rows(table)
    with waiting_line("Sorting the names"):
        return build_document(text, valid_signatories(table, signatories.name))


def _print_notes(file: str, sentences: Iterable[str]) -> None:
    for sentence in sentences:
        click.echo(f"{file}: {sentence}", err=True)
