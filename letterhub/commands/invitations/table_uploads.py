"""Uploaded tables: stored until staff have said how they are read, and have applied or discarded them.

See docs/design/tables-in.md.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select, update

from letterhub.domain.i18n import _
from letterhub.domain.signatures.signatory_import import ImportChanged
from letterhub.infrastructure.db import db, insert_into, one_transaction
from letterhub.intake.tables.choices import TableChoices
from letterhub.intake.tables.outline import TableOutline
from letterhub.intake.tables.target_fields import TargetField
from letterhub.models import RememberedColumns, Upload
from letterhub.queries.invitations.table_uploads import coalition_id_of, headings_hash, outline_upload
from letterhub.queries.signatures.signatory_import import TableOwner


def save_upload(
    owner: TableOwner,
    purpose: str,
    file: str,
    content: bytes,
    targets: Sequence[TargetField],
    *,
    staff_id: int,
    at: dt.datetime,
) -> int:
    """Store a table until staff decide on it; return its id. Raises FileRefused.

    If its sheet, encoding and columns are known, it is settled how it is read.
    """
    outline = outline_upload(owner, purpose, content, file, targets)
    choices = {} if outline.needs_answer else outline.settled().to_facts()
    return _save_file(owner, file, content, choices, staff_id, at)


@one_transaction
def _save_file(owner: TableOwner, file: str, content: bytes, choices: dict[str, Any], staff_id: int, at: dt.datetime) -> int:
    upload = Upload(
        letter_id=owner.letter_id, coalition_id=owner.coalition_id, file_name=file[:200], content=content, choices=choices,
        uploaded_at=at, uploaded_by_id=staff_id,
    )  # fmt: skip
    db.session.add(upload)
    db.session.flush()
    return upload.id


@one_transaction
def choose_columns(
    owner: TableOwner, upload_id: int, purpose: str, outline: TableOutline, choices: TableChoices, at: dt.datetime
) -> None:
    """Settle how an upload is read, and remember the fields of its columns for its coalition's next table with these headings.

    Raises ImportChanged if the upload is gone.
    """
    settled = outline.settled(choices)
    found = update(Upload).where(owner.owns(upload_id)).returning(Upload.id)
    if db.session.scalar(found.values(choices=settled.to_facts())) is None:
        raise ImportChanged(_("This file has since been imported or discarded. Upload it again to preview it."))
    if key := headings_hash(outline):
        coalition_id = db.session.scalars(select(coalition_id_of(owner))).one()
        chosen = {"columns": {str(column): field for column, field in settled.columns.items()}, "chosen_at": at}
        identity = {"coalition_id": coalition_id, "purpose": purpose, "headings_hash": key}
        statement = insert_into(RememberedColumns).values(**identity, **chosen)
        db.session.execute(statement.on_conflict_do_update(index_elements=list(identity), set_=chosen))


@one_transaction
def discard_upload(owner: TableOwner, upload_id: int) -> bool:
    """Delete an upload; return whether it was still there."""
    return db.session.scalar(delete(Upload).where(owner.owns(upload_id)).returning(Upload.id)) is not None
