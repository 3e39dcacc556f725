"""Uploaded tables before they are read: their outline, and the columns that a coalition chose for such a table before."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, literal, select

from letterhub.infrastructure.db import db
from letterhub.intake.tables.choices import AS_IT_IS, TableChoices
from letterhub.intake.tables.opened_table import open_table
from letterhub.intake.tables.outline import TableOutline, outline_table
from letterhub.intake.tables.target_fields import QUESTION_PREFIX, TargetField, with_question_headings
from letterhub.models import Letter, RememberedColumns
from letterhub.queries.signatures.signatory_import import TableOwner


def outline_upload(
    owner: TableOwner,
    purpose: str,
    content: bytes,
    file: str,
    targets: Sequence[TargetField],
    choices: TableChoices = AS_IT_IS,
) -> TableOutline:
    """Return the outline of a table, with the columns as chosen, or as its coalition chose them for the same headings before.

    Raises FileRefused.
    """
    choices = with_question_headings(choices, targets)
    table = open_table(content, file, choices, is_upload=True)
    outline = outline_table(table, content, choices, targets)
    remembered = {} if choices.columns else remembered_columns(owner, purpose, outline)
    if not remembered:
        return outline
    layout = replace(choices, sheet=outline.sheet, separator=outline.separator, header_line=outline.header_line)
    return outline_table(table, content, replace(layout, columns=remembered), targets)


def remembered_columns(owner: TableOwner, purpose: str, outline: TableOutline) -> dict[int, str]:
    """Return the fields that the coalition chose for a table with these headings, by position; empty if for none.

    Fields of questions are left out: another letter may have other ones of the same number.
    """
    key = headings_hash(outline)
    query = select(RememberedColumns.columns).where(
        RememberedColumns.coalition_id == coalition_id_of(owner),
        RememberedColumns.purpose == purpose,
        RememberedColumns.headings_hash == key,
    )
    stored = db.session.scalar(query) if key else None
    return {int(at): field for at, field in (stored or {}).items() if not field.startswith(QUESTION_PREFIX)}


def coalition_id_of(owner: TableOwner) -> ColumnElement[int]:
    """Return the id of the coalition that a table is for, in SQL."""
    if owner.coalition_id is not None:
        return literal(owner.coalition_id)
    return select(Letter.coalition_id).where(Letter.id == owner.letter_id).scalar_subquery()


def headings_hash(outline: TableOutline) -> str:
    """Return the hash of a table's headings, under which its columns are remembered; "" for a table without headings."""
    return hashlib.sha256(outline.headings_key.encode()).hexdigest() if outline.headings_key else ""
