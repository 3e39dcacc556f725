"""Documents rendered as files, in each format. See docs/design/editions.md."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from letterhub.domain.editions.file_formats import EditionFileInfo, FileFormat
from letterhub.domain.letters.letter_document import LetterDocument
from letterhub.rendering.lazy_imports import lazy_function
from letterhub.rendering.pdf.attachments import pdf_attachments
from letterhub.rendering.pdf.letter_pdf import render_letter_pdf
from letterhub.rendering.tables.csv_export import csv_table
from letterhub.rendering.text.manifest import manifest
from letterhub.rendering.text.text_export import comment_text, edition_text

RENDERERS: dict[FileFormat, Callable[[LetterDocument], bytes]] = {
    FileFormat.HTML: lazy_function("letter.html", "standalone_html"),
    FileFormat.DOCX: lazy_function("docx.file", "docx_file"),
    FileFormat.ODT: lazy_function("odt.file", "odt_file"),
    FileFormat.CSV: csv_table,
    FileFormat.XLSX: lazy_function("tables.xlsx_export", "workbook"),
    FileFormat.TXT: edition_text,
    FileFormat.COMMENT: comment_text,
}


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """Rendered file, with a warning for each name that could not be rendered completely."""

    content: bytes
    warnings: tuple[str, ...] = ()


def render_document(
    file_format: FileFormat,
    document: LetterDocument,
    on_progress: Callable[[float], None] | None = None,
    others: Sequence[EditionFileInfo] = (),
) -> RenderedFile:
    """Render a document in a format. A manifest lists the `others`, its edition's other files. Raises what the PDF worker
    raises.
    """
    match file_format:
        case FileFormat.PDF:
            pdf = render_letter_pdf(document, on_progress, attachments=pdf_attachments(document))
            return RenderedFile(pdf.data, pdf.warnings)
        case FileFormat.JSON:
            return RenderedFile(manifest(document, others))
    return RenderedFile(RENDERERS[file_format](document))
