"""Closing a coalition to new letters, and reopening it."""

import datetime as dt

from letterhub.domain.audit.log import OPERATOR, SITE_CHAIN, ReferenceKind
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Coalition, append_audit_entry


@one_transaction
def close_coalition(coalition_id: int, *, actor: str, at: dt.datetime) -> bool:
    """Close a coalition to new letters; those that it has are not affected. Return False if it is closed."""
    coalition = db.session.get_one(Coalition, coalition_id, with_for_update=True)
    if coalition.closed_to_letters_at is not None:
        return False
    coalition.closed_to_letters_at = at
    _append_audit_entries(coalition, actor, "coalition closed", at)
    return True


@one_transaction
def reopen_coalition(coalition_id: int, *, actor: str, at: dt.datetime) -> bool:
    """Reopen a coalition to new letters; return False if it is open."""
    coalition = db.session.get_one(Coalition, coalition_id, with_for_update=True)
    if coalition.closed_to_letters_at is None:
        return False
    coalition.closed_to_letters_at = None
    _append_audit_entries(coalition, actor, "coalition reopened", at)
    return True


def _append_audit_entries(coalition: Coalition, actor: str, action: str, at: dt.datetime) -> None:
    """Log who did it in the site's audit log; and in the coalition's, which its staff read, that the operator did."""
    chain, after = ReferenceKind.COALITION.reference(coalition.id), {"name": coalition.name}
    append_audit_entry(db.session(), SITE_CHAIN, actor, action, at=at, after=after)
    append_audit_entry(db.session(), chain, OPERATOR, action, at=at, after=after)
