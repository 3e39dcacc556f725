"""Command `letterhub export`: writes a file of an edition, or of a letter's current state."""

from pathlib import Path

import click

from letterhub.cli.bootstrap import ready_app_or_exit
from letterhub.cli.output import check_output_paths, progress_line, write_atomically
from letterhub.cli.parameters import OutputFile
from letterhub.clock import now
from letterhub.commands.editions.file_jobs import audit_export, render_edition_file
from letterhub.domain.audit.log import OPERATOR
from letterhub.domain.editions.edition import FileDiffers, NoSuchEdition
from letterhub.domain.editions.file_formats import FileFormat
from letterhub.queries.editions.editions import edition_file_id, file_content, newest_edition_number
from letterhub.queries.editions.export_files import render_edition, toolchain_version
from letterhub.queries.letters.letter_lookup import letter_id_of
from letterhub.queries.letters.public_letter import letter_document, public_letter_by_id
from letterhub.rendering.files import RenderedFile, render_document
from letterhub.rendering.pdf.pdf_signing import equal_except_signature


@click.command()
@click.argument("letter")
@click.option(
    "--format",
    "file_format",
    type=click.Choice([str(file_format) for file_format in FileFormat]),
    required=True,
    help="The file format.",
)
@click.option("--out", type=OutputFile(), help="The file to write to.")
@click.option("--edition", type=click.IntRange(min=1), help="The edition's number. Defaults to the newest.")
@click.option(
    "--language", default="", help="The language of a translation, or mul for the PDF of all. Defaults to the letter's own."
)
@click.option("--current", is_flag=True, help="Write the letter as it stands now, without freezing it.")
@click.option(
    "--compare", is_flag=True, help="Write nothing: render the edition's file again and compare it with the stored one."
)
def export(
    letter: str, file_format: str, out: Path | None, edition: int | None, language: str, current: bool, compare: bool
) -> None:
    """Write LETTER, which is the last part of its address, to a file.

    An edition's file is the same every time, byte for byte. It is written whole or not at all.
    """
    if current and (edition or compare or language):
        other = "--edition" if edition else "--compare" if compare else "--language"
        raise click.UsageError(f"use {other} or --current, not both.")
    if (out is None) is not compare:
        raise click.UsageError("name the file to write: --out FILE, or --compare to write nothing.")
    with ready_app_or_exit():
        try:
            check_output_paths([out] if out else [])
            letter_id = letter_id_of(letter)
            if out is None:
                click.echo(_compare(letter_id, edition, FileFormat(file_format), language))
                return
            rendered = (
                _render_current(letter_id, FileFormat(file_format))
                if current
                else _stored_or_rendered(letter_id, edition, FileFormat(file_format), language)
            )
            write_atomically({out: rendered.content})
        except OSError as problem:
            raise click.ClickException(str(problem)) from problem
    for warning in rendered.warnings:
        click.echo(f"{out.name}: {warning}", err=True)


def _render_current(letter_id: int, file_format: FileFormat) -> RenderedFile:
    """Return a file of the letter as it stands now, and log the export. Raises NoSuchEdition for a draft."""
    if public_letter_by_id(letter_id) is None:
        raise NoSuchEdition("This letter is a draft, and nobody has signed it. Open it first.")
    with progress_line() as show:
        rendered = render_document(file_format, letter_document(letter_id), show)
    audit_export(letter_id, file_format, rendered.content, actor=OPERATOR, at=now())
    return rendered


def _compare(letter_id: int, edition: int | None, file_format: FileFormat, language: str) -> str:
    """Compare an edition's stored file with what would be rendered now; return a sentence if they are the same.

    `edition` None stands for the newest one. Raises NoSuchEdition if there is no such file, and FileDiffers.
    """
    number = edition or newest_edition_number(letter_id)
    stored = file_content(letter_id, number, file_format, language)
    if stored is None:
        raise NoSuchEdition(f"Edition {number} has no finished file of this format, so there is nothing to compare.")
    content = render_edition(stored.edition_id, file_format, language=language).content
    if content == stored.data:
        return f"{stored.name} is identical to what would be rendered now."
    if stored.toolchain != toolchain_version(file_format):
        raise FileDiffers(
            f"{stored.name} was rendered with other tools ({stored.toolchain or 'unknown'},"
            f" now {toolchain_version(file_format)}), and their output differs."
        )
    if equal_except_signature(content, stored.data):
        return (
            f"{stored.name} is identical to what would be rendered now, except for its signature, "
            "which is never the same twice."
        )
    raise FileDiffers(
        f"{stored.name} differs from what the same tools render now. Its bytes in the database may have been changed."
    )


def _stored_or_rendered(letter_id: int, edition: int | None, file_format: FileFormat, language: str) -> RenderedFile:
    """Return the stored file, rendering it now if the worker has not."""
    number = edition or newest_edition_number(letter_id)
    file_id = edition_file_id(letter_id, number, file_format, language)
    if file_id is None:
        raise NoSuchEdition(f"This letter has no edition {number}" + (f" with this file in {language}." if language else "."))
    stored = file_content(letter_id, number, file_format, language)
    if stored is None and render_edition_file(file_id):
        stored = file_content(letter_id, number, file_format, language)
    if stored is None:
        raise NoSuchEdition(f"The file of edition {number} is not ready, or failed. See the Editions tab.")
    return RenderedFile(stored.data, stored.warnings)
