"""Uploaded tables before they are read: their outline, and the columns that a coalition chose for such a table before."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from letterhub.infrastructure.db import db
from letterhub.intake.tables.choices import AS_IT_IS, TableChoices
from letterhub.intake.tables.outline import TableOutline, outline_table
from letterhub.intake.tables.target_fields import TargetField
from letterhub.models import Letter, RememberedColumns


def outline_upload(
    letter_id: int,
    purpose: str,
    content: bytes,
    file: str,
    targets: Sequence[TargetField],
    choices: TableChoices = AS_IT_IS,
) -> TableOutline:
    """Return the outline of a table, with the columns as chosen, or as its coalition chose them for the same headings before.

    Raises FileRefused.
    """
    outline = outline_table(content, file, choices, targets)
    remembered = {} if choices.columns else remembered_columns(letter_id, purpose, outline)
    if not remembered:
        return outline
    layout = replace(choices, sheet=outline.sheet, separator=outline.separator, header_line=outline.header_line)
    return outline_table(content, file, replace(layout, columns=remembered), targets)


def remembered_columns(letter_id: int, purpose: str, outline: TableOutline) -> dict[int, str]:
    """Return the fields that the letter's coalition chose for a table with these headings, by position; empty if for none."""
    key = headings_hash(outline)
    coalition_id = select(Letter.coalition_id).where(Letter.id == letter_id).scalar_subquery()
    query = select(RememberedColumns.columns).where(
        RememberedColumns.coalition_id == coalition_id,
        RememberedColumns.purpose == purpose,
        RememberedColumns.headings_hash == key,
    )
    stored = db.session.scalar(query) if key else None
    return {int(at): field for at, field in (stored or {}).items()}


def headings_hash(outline: TableOutline) -> str:
    """Return the hash of a table's headings, under which its columns are remembered; "" for a table without headings."""
    return hashlib.sha256(outline.headings_key.encode()).hexdigest() if outline.headings_key else ""
