"""Operators of the site, and coalitions that they close to new letters."""

import datetime as dt

from sqlalchemy import func, select

from letterhub.domain.accounts.roles import NoSuchAccount
from letterhub.domain.audit.log import OPERATOR, SITE_CHAIN, ReferenceKind
from letterhub.domain.i18n import _
from letterhub.infrastructure.db import db, one_transaction
from letterhub.mail.outbox import normalized_address
from letterhub.models import Coalition, Staff, append_audit_entry, end_every_sign_in


@one_transaction
def grant_operator(email: str, at: dt.datetime) -> bool:
    """Make the account with this address an operator, and end its sessions: a session never gains rights. Return False if it is
    one. Raises NoSuchAccount and CannotMail."""
    return _set_operator(_lock_account(email), is_operator=True, at=at)


@one_transaction
def revoke_operator(email: str, at: dt.datetime) -> bool:
    """Take the rights of an operator from an account, and end its sessions; return False if it has none. Raises NoSuchAccount
    and CannotMail."""
    return _set_operator(_lock_account(email), is_operator=False, at=at)


def _lock_account(email: str) -> Staff:
    address = normalized_address(email).lower()
    staff = db.session.scalar(select(Staff).where(func.lower(Staff.email) == address).with_for_update())
    if staff is None:
        raise NoSuchAccount(_("Nobody on this site signs in as %(email)s.", email=email))
    return staff


def _set_operator(staff: Staff, *, is_operator: bool, at: dt.datetime) -> bool:
    """Set the flag, end all sessions, and log it; return False if it was set already."""
    if staff.is_operator is is_operator:
        return False
    staff.is_operator = is_operator
    end_every_sign_in(db.session(), staff)
    action = "operator granted" if is_operator else "operator revoked"
    append_audit_entry(db.session(), SITE_CHAIN, OPERATOR, action, at=at, subject=ReferenceKind.STAFF.reference(staff.id))
    return True


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
