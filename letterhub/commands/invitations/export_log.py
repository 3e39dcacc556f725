"""Entries of the audit log about exports of contacts and invitations, which hold addresses."""

import datetime as dt

from letterhub.domain.audit.log import ReferenceKind
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import append_audit_entry
from letterhub.queries.accounts import StaffContext


@one_transaction
def log_export(staff: StaffContext, action: str, count: int, at: dt.datetime, letter_id: int | None = None) -> None:
    """Log that a member exported so many rows: of a letter, or of the coalition without one."""
    kind, number = (ReferenceKind.LETTER, letter_id) if letter_id else (ReferenceKind.COALITION, staff.coalition_id)
    append_audit_entry(db.session(), kind.reference(number), staff.actor, action, at=at, after={"count": count})
