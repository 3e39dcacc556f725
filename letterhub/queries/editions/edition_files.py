"""Sizes of an edition's files."""

from collections.abc import Mapping

from sqlalchemy import select

from letterhub.domain.editions.file_formats import FileFormat
from letterhub.infrastructure.db import db
from letterhub.models import EditionFile


def file_sizes(edition_id: int, language: str = "") -> Mapping[FileFormat, int]:
    """Return the size in bytes of an edition's file in each format: in a language if it has that, else in the letter's own."""
    files = select(EditionFile.format, EditionFile.language, EditionFile.size).where(
        EditionFile.edition_id == edition_id, EditionFile.language.in_(("", language))
    )
    rows = sorted(db.session.execute(files), key=lambda row: bool(row.language))  # the letter's own are overridden
    return {row.format: row.size for row in rows}
