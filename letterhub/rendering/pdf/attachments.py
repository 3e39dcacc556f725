"""Files embedded in an edition's PDF, so that its names can be read without retyping them."""

from letterhub.domain.editions.file_formats import MEDIA_TYPES, FileFormat
from letterhub.domain.letters.letter_document import LetterDocument
from letterhub.rendering.pdf.pdfa import EmbeddedFile
from letterhub.rendering.tables.csv_export import csv_table
from letterhub.rendering.text.manifest import manifest


def pdf_attachments(document: LetterDocument) -> tuple[EmbeddedFile, ...]:
    """Return the attachments of an edition's PDF: the printed names as CSV, and the edition's manifest as JSON."""
    return (
        EmbeddedFile("signatories.csv", MEDIA_TYPES[FileFormat.CSV], csv_table(document), "Signatories as printed", "Data"),
        EmbeddedFile(
            "edition.json", MEDIA_TYPES[FileFormat.JSON], manifest(document), "Edition details and signatories", "Data"
        ),
    )
