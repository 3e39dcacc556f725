"""Files of a letter and of its editions as they are rendered now, to be stored, downloaded, or compared with stored ones.

See docs/design/editions.md.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from letterhub.domain.editions.edition import CERTIFICATE_SEPARATOR, EditionFileInfo, FileFormat
from letterhub.domain.letters.document import LetterDocument
from letterhub.infrastructure.db import end_read_transaction
from letterhub.infrastructure.signed_links import current_settings
from letterhub.queries.editions.editions import finished_file_infos
from letterhub.queries.letters.public_letter import frozen_document
from letterhub.rendering.lazy_imports import lazy_function
from letterhub.rendering.pdf.attachments import pdf_attachments
from letterhub.rendering.pdf.letter_pdf import render_letter_pdf
from letterhub.rendering.pdf.pdf_signing import sign_pdf
from letterhub.rendering.tables.csv_export import csv_table
from letterhub.rendering.text.manifest import manifest
from letterhub.rendering.text.text_export import comment_text, edition_text
from letterhub.rendering.toolchain import toolchain_hash

RENDERERS: dict[FileFormat, Callable[[LetterDocument], bytes]] = {
    FileFormat.HTML: lazy_function("letter.html", "standalone_html"),
    FileFormat.DOCX: lazy_function("docx.export", "docx_file"),
    FileFormat.ODT: lazy_function("odt.export", "odt_file"),
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


def render_edition(
    edition_id: int, file_format: FileFormat, on_progress: Callable[[float], None] | None = None
) -> RenderedFile:
    """Render a file of an edition, and sign it if it is the PDF and the site has a certificate. Stores nothing."""
    document, others = frozen_document(edition_id), finished_file_infos(edition_id)
    end_read_transaction()
    rendered = render_document(file_format, document, on_progress, others)
    certificate, edition = current_settings().certificate, document.edition
    if certificate is None or edition is None or file_format is not FileFormat.PDF:
        return rendered
    signed = sign_pdf(rendered.content, certificate, edition.frozen_at, f"Edition {edition.number}, {edition.id}")
    return replace(rendered, content=signed)


def toolchain_version(file_format: FileFormat) -> str:
    """Return the version of the tools that render this format here, with the signing certificate for PDF: see
    `toolchain_hash`.
    """
    certificate = current_settings().certificate
    if not certificate or file_format is not FileFormat.PDF:
        return toolchain_hash()
    return f"{toolchain_hash()}{CERTIFICATE_SEPARATOR}{certificate.fingerprint}"
