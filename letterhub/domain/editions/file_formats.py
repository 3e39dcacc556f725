"""File formats of an edition: their media types, and the names of files."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass


class FileFormat(enum.StrEnum):
    """File format of an edition."""

    HTML = "html"
    PDF = "pdf"
    DOCX = "docx"
    ODT = "odt"
    CSV = "csv"
    XLSX = "xlsx"
    TXT = "txt"
    COMMENT = "comment"  # plain text, short enough for a comment box
    JSON = "json"  # the manifest: names every other file by its hash, so it is made last


MEDIA_TYPES: Mapping[FileFormat, str] = {
    FileFormat.HTML: "text/html",
    FileFormat.PDF: "application/pdf",
    FileFormat.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileFormat.ODT: "application/vnd.oasis.opendocument.text",
    FileFormat.CSV: "text/csv",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileFormat.TXT: "text/plain",
    FileFormat.COMMENT: "text/plain",
    FileFormat.JSON: "application/json",
}
ENDINGS: Mapping[FileFormat, str] = {FileFormat.COMMENT: "-comment.txt", FileFormat.JSON: "-manifest.json"}
TRANSLATED_FORMATS = (FileFormat.HTML, FileFormat.PDF, FileFormat.DOCX, FileFormat.ODT, FileFormat.TXT, FileFormat.COMMENT)
"""Formats that an edition has in each language. Tables hold the list alone, and the manifest names all files: one of each."""

CERTIFICATE_SEPARATOR = "+"
"""Separator, in a file's toolchain hash, before the fingerprint of the certificate that signed it."""


@dataclass(frozen=True, slots=True)
class EditionFileInfo:
    """Identity of an edition's file: its name, `size` in bytes and SHA-256, and whether it is signed. `language` is "" for the
    letter's own."""

    format: FileFormat
    name: str
    size: int
    sha256: str
    signed: bool = False
    language: str = ""


def edition_file_name(slug: str, number: int, file_format: FileFormat, language: str = "") -> str:
    """Return the download name of an edition's file: "clean-rivers-edition-2.pdf", "clean-rivers-edition-2-es.pdf"."""
    tail = f"-{language}" if language else ""
    return f"{slug}-edition-{number}{tail}{ENDINGS.get(file_format, f'.{file_format}')}"
