"""Sizes of an edition's files."""

from collections.abc import Mapping

from sqlalchemy import select

from letterhub.domain.editions.edition import FileFormat
from letterhub.infrastructure.db import db
from letterhub.models import EditionFile


def file_sizes(edition_id: int) -> Mapping[FileFormat, int]:
    """Return the size in bytes of each file of an edition."""
    rows = db.session.execute(select(EditionFile.format, EditionFile.size).where(EditionFile.edition_id == edition_id))
    return {row.format: row.size for row in rows}
