"""Deleted drafts: deleted, restored within 30 days, and then erased with all that belongs to them.

See docs/design/letters.md.
"""

import datetime as dt
from typing import cast

from sqlalchemy import Table, delete, select, update

from letterhub.commands.signatures._shared_steps import lock_letter
from letterhub.domain.archive import CannotRestore, check_deletable, erased_at
from letterhub.domain.audit.consistency import DRAFT_ERASED
from letterhub.domain.audit.log import WORKER, ReferenceKind
from letterhub.domain.i18n import _
from letterhub.infrastructure.db import Base, db, one_transaction
from letterhub.models import Draft, Invitation, Letter, ScheduledOpening, Signature, append_audit_entry, optimize_index


@one_transaction
def delete_draft(letter_id: int, *, actor: str, staff_id: int, at: dt.datetime) -> None:
    """Delete a draft, which staff can restore until it is erased; its scheduled opening is canceled for good.

    Raises CannotDelete for a letter that was opened. Deleting twice changes nothing.
    """
    letter = lock_letter(letter_id)
    check_deletable(letter.state)
    if letter.deleted_at is not None:
        return
    letter.deleted_at, letter.deleted_by_id = at, staff_id
    db.session.execute(delete(ScheduledOpening).where(ScheduledOpening.letter_id == letter_id))
    _append_audit_entries(letter, actor, "draft deleted", at)


@one_transaction
def restore_draft(coalition_id: int, letter_id: int, *, actor: str, at: dt.datetime) -> str:
    """Restore a deleted draft of a coalition; return its slug. Raises CannotRestore."""
    query = select(Letter).where(Letter.id == letter_id, Letter.coalition_id == coalition_id).with_for_update(of=Letter)
    letter = db.session.scalar(query.execution_options(populate_existing=True))
    if letter is None or letter.deleted_at is None:
        raise CannotRestore(_("This draft was restored or erased in the meantime."))
    letter.deleted_at = letter.deleted_by_id = None
    _append_audit_entries(letter, actor, "draft restored", at)
    return letter.slug


@one_transaction
def erase_deleted_draft(letter_id: int, at: dt.datetime) -> bool:
    """Erase a draft that was deleted 30 days ago, with everything that belongs to it; return whether it was erased.

    Contacts that were to be invited stay contacts. Of the audit log, which holds no personal data, every entry stays.
    """
    query = select(Letter).where(Letter.id == letter_id).with_for_update(of=Letter)
    letter = db.session.scalar(query.execution_options(populate_existing=True))
    if letter is None or letter.deleted_at is None or erased_at(letter.deleted_at) > at:
        return False
    for chain in (ReferenceKind.LETTER.reference(letter_id), ReferenceKind.COALITION.reference(letter.coalition_id)):
        append_audit_entry(db.session(), chain, WORKER, DRAFT_ERASED, at=at)
    db.session.flush()
    db.session.expunge(letter)
    _delete_rows(letter_id)
    optimize_index(db.session.connection())
    return True


def _delete_rows(letter_id: int) -> None:
    """Delete a letter and all rows that refer to it. Databases delete those whose foreign key says so."""
    signatures = select(Signature.id).where(Signature.letter_id == letter_id)
    db.session.execute(update(Invitation).where(Invitation.copied_from_id.in_(signatures)).values(copied_from_id=None))
    letters = cast("Table", Letter.__table__)
    for table in reversed(Base.metadata.sorted_tables):
        for key in (key for key in table.foreign_keys if key.column is letters.c.id and key.ondelete is None):
            db.session.execute(delete(table).where(key.parent == letter_id))
    db.session.execute(delete(letters).where(letters.c.id == letter_id))


def _append_audit_entries(letter: Letter, actor: str, action: str, at: dt.datetime) -> None:
    """Append an entry to the letter's audit log, and to the coalition's, as a deleted draft shows its own to nobody."""
    facts = db.session.get_one(Draft, letter.id).text
    for chain in (ReferenceKind.LETTER.reference(letter.id), ReferenceKind.COALITION.reference(letter.coalition_id)):
        append_audit_entry(db.session(), chain, actor, action, at=at, after={"title": facts["title"]})
