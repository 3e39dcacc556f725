"""Operators of the site: who becomes one, and who no longer is."""

import datetime as dt

from sqlalchemy import func, select

from letterhub.domain.accounts.roles import NoSuchAccount
from letterhub.domain.audit.log import OPERATOR, SITE_CHAIN, ReferenceKind
from letterhub.domain.i18n import _
from letterhub.infrastructure.db import db, one_transaction
from letterhub.mail.outbox import normalized_address
from letterhub.models import Staff, append_audit_entry, end_every_sign_in


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
