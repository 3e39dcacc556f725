"""Passkeys of an account: add, rename, use, remove; and challenges that work once.

See docs/design/accounts/sign-in.md.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from letterhub.commands.accounts._sign_in_steps import check_way_in, email_account, record_account_event
from letterhub.domain.accounts.sign_in import AccountEvent, PasskeyRefused
from letterhub.domain.i18n import _
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Passkey, Staff, end_every_sign_in, spend_challenge

MAX_PASSKEYS = 20


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """Passkey whose registration was verified: ids in base64url, the public key as COSE."""

    credential_id: str
    account_handle: str
    public_key: bytes
    sign_count: int


@one_transaction
def spend_sign_in_challenge(challenge_hash: str, at: dt.datetime) -> bool:
    """Return whether a challenge, given by its hash, was not used before; it is now."""
    return spend_challenge(db.session(), challenge_hash, at)


@one_transaction
def add_passkey(staff_id: int, new: NewPasskey, name: str, at: dt.datetime) -> None:
    """Add a passkey. Raises PasskeyRefused if it belongs to an account already, or the account has too many."""
    staff = db.session.get_one(Staff, staff_id, with_for_update=True)
    if (db.session.scalar(select(func.count(Passkey.id)).where(Passkey.staff_id == staff_id)) or 0) >= MAX_PASSKEYS:
        raise PasskeyRefused(_("An account can have %(most)s passkeys. Remove one that you no longer use.", most=MAX_PASSKEYS))
    passkey = Passkey(
        staff_id=staff_id, credential_id=new.credential_id, account_handle=new.account_handle, public_key=new.public_key,
        sign_count=new.sign_count, name=name, created_at=at,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(passkey)
            db.session.flush()
    except IntegrityError as error:
        raise PasskeyRefused(_("This passkey is already in use. Choose another device.")) from error
    record_account_event(staff, AccountEvent.PASSKEY_ADDED, at, name)


@one_transaction
def rename_passkey(staff_id: int, passkey_id: int, name: str) -> None:
    """Give a passkey another name. Raises PasskeyRefused if it was removed."""
    _lock_passkey(staff_id, passkey_id)[1].name = name


@one_transaction
def use_passkey(passkey_id: int, sign_count: int, at: dt.datetime) -> bool:
    """Record a use whose answer was verified; return False if the counter did not grow, and email its owner: it may be a
    copy."""
    passkey = db.session.get(Passkey, passkey_id, with_for_update=True)
    if passkey is None:
        return False
    if passkey.use(sign_count, at):
        return True
    email_account(db.session.get_one(Staff, passkey.staff_id), AccountEvent.PASSKEY_REFUSED, at, passkey.name)
    return False


@one_transaction
def remove_passkey(staff_id: int, passkey_id: int, uniquifier: str, at: dt.datetime) -> None:
    """Remove a passkey, and end every session and half-done sign-in: the account gets this uniquifier. Raises PasskeyRefused,
    LastWayIn."""
    staff, passkey = _lock_passkey(staff_id, passkey_id)
    db.session.delete(passkey)
    check_way_in(staff)
    end_every_sign_in(db.session(), staff, uniquifier)
    record_account_event(staff, AccountEvent.PASSKEY_REMOVED, at, passkey.name)


def _lock_passkey(staff_id: int, passkey_id: int) -> tuple[Staff, Passkey]:
    """Return an account and one of its passkeys, both locked. Raises PasskeyRefused if the account has no such passkey."""
    staff = db.session.get_one(Staff, staff_id, with_for_update=True)
    passkey = db.session.get(Passkey, passkey_id, with_for_update=True)
    if passkey is None or passkey.staff_id != staff_id:
        raise PasskeyRefused(_("This passkey was removed."))
    return staff, passkey
