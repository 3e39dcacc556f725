"""Letters as files, for other programs: no database, no settings and no server are needed.

    from pathlib import Path
    from letterhub.render import Signatory, render_letter

    letter = "---\\ntitle: Clean rivers\\n---\\n\\nWe, the {{count}} undersigned, ask you to act."
    pdf = render_letter(letter, [Signatory("Example Alliance", "Ada Example", "Chair")], "pdf")
    Path("rivers.pdf").write_bytes(pdf.content)

What front matter and columns may say is in `letterhub render --help`, which does the same from the command line.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.letter_document import LetterDocument, Signatory, SignatoryKind
from letterhub.domain.letters.signatory_order import build_document
from letterhub.intake.letters.draft_file import check_draft_placeholders, read_draft
from letterhub.intake.tables.choices import TableChoices
from letterhub.intake.tables.signatory_table import read_signatories, valid_signatories
from letterhub.rendering.files import RENDERERS, RenderedFile
from letterhub.rendering.letter.lint.markdown_lint import text_notes
from letterhub.rendering.pdf.letter_pdf import render_letter_pdf

__all__ = [
    "RenderedFile",
    "Signatory",
    "SignatoryKind",
    "TableChoices",
    "UserFacingError",
    "read_document",
    "render_document",
    "render_letter",
]

FORMATS = (FileFormat.PDF, *RENDERERS)


def render_letter(
    letter: str | Path,
    signatories: Iterable[Signatory] | Path,
    file_format: str = "pdf",
    *,
    choices: TableChoices | None = None,
) -> RenderedFile:
    """Return a letter with its signatories as a file, with warnings of what was left out or could not be drawn.

    `letter` is Markdown, perhaps with front matter, or the path of a Markdown or Word file. `signatories` are in any order, or
    the path of a spreadsheet; `choices` say how to read one that is unusual. `file_format` is "pdf", "html", "docx", "odt",
    "csv", "xlsx", "txt" or "comment". Raises UserFacingError, whose text says what is wrong and where; ValueError for another
    format, and OSError.
    """
    document, notes = read_document(letter, signatories, choices=choices)
    rendered = render_document(document, file_format)
    return replace(rendered, warnings=(*notes, *rendered.warnings))


def read_document(
    letter: str | Path, signatories: Iterable[Signatory] | Path, *, choices: TableChoices | None = None
) -> tuple[LetterDocument, tuple[str, ...]]:
    """Return the document of a letter and its signatories, and notes on what was left out. Raises UserFacingError, OSError."""
    data, name = (letter.encode(), "letter.md") if isinstance(letter, str) else (letter.read_bytes(), letter.name)
    text, notes = read_draft(data, name, None if isinstance(letter, str) else letter.parent)
    notes += (*check_draft_placeholders(data, name, text), *text_notes(text))
    if isinstance(signatories, Path):
        table = read_signatories(signatories.read_bytes(), signatories.name, signatories.parent, choices or TableChoices())
        notes, signatories = notes + tuple(table.notes), valid_signatories(table, signatories.name)
    return build_document(text, signatories), notes


def render_document(document: LetterDocument, file_format: str = "pdf") -> RenderedFile:
    """Return a document as a file. Raises ValueError for an unknown format, and UserFacingError if it can't be set."""
    chosen = FileFormat(file_format)
    if chosen is FileFormat.PDF:
        pdf = render_letter_pdf(document)
        return RenderedFile(pdf.data, pdf.warnings)
    if chosen not in RENDERERS:
        raise ValueError(f"{file_format!r} is a format of editions; choose one of {', '.join(FORMATS)}")
    return RenderedFile(RENDERERS[chosen](document))
