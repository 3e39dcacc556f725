"""Archived letters: put away from the working list, and taken back."""

import datetime as dt

from letterhub.commands.signatures._shared_steps import lock_letter
from letterhub.domain.archive import check_archivable
from letterhub.domain.audit.log import ReferenceKind
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import append_audit_entry


@one_transaction
def archive_letter(letter_id: int, *, actor: str, at: dt.datetime) -> None:
    """Put a letter away; its public page stays. Raises CannotArchive. Archiving twice changes nothing."""
    letter = lock_letter(letter_id)
    check_archivable(letter.state)
    if letter.archived_at is None:
        letter.archived_at = at
        append_audit_entry(db.session(), ReferenceKind.LETTER.reference(letter_id), actor, "archived", at=at)


@one_transaction
def unarchive_letter(letter_id: int, *, actor: str, at: dt.datetime) -> None:
    """Take a letter back into the working list; do nothing if it is there."""
    letter = lock_letter(letter_id)
    if letter.archived_at is not None:
        letter.archived_at = None
        append_audit_entry(db.session(), ReferenceKind.LETTER.reference(letter_id), actor, "unarchived", at=at)
