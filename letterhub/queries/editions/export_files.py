"""Files of editions as they are rendered now, to be stored, downloaded, or compared with stored ones.

See docs/design/editions.md.
"""

from collections.abc import Callable
from dataclasses import replace

from letterhub.domain.editions.file_formats import CERTIFICATE_SEPARATOR, FileFormat
from letterhub.infrastructure.db import end_read_transaction
from letterhub.infrastructure.signed_links import current_settings
from letterhub.queries.editions.editions import finished_file_infos
from letterhub.queries.editions.frozen_documents import frozen_document
from letterhub.rendering.files import RenderedFile, render_document
from letterhub.rendering.pdf.pdf_signing import sign_pdf
from letterhub.rendering.toolchain import toolchain_hash


def render_edition(
    edition_id: int, file_format: FileFormat, on_progress: Callable[[float], None] | None = None, *, language: str = ""
) -> RenderedFile:
    """Render a file of an edition in a language, and sign it if it is a PDF and the site has a certificate. Stores nothing."""
    document, others = frozen_document(edition_id, language), finished_file_infos(edition_id)
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
