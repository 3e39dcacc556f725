"""Two-factor authentication of an account: codes accepted once, set up, and disabled."""

from sqlalchemy import delete, func, select

from letterhub.domain.accounts.roles import NoSuchAccount, TwoFactorChanged
from letterhub.domain.i18n import _
from letterhub.infrastructure.db import db, one_transaction
from letterhub.mail.outbox import normalized_address
from letterhub.models import Passkey, ProviderLink, Staff, end_every_sign_in


@one_transaction
def accept_code(staff_id: int, counter: int) -> bool:
    """Return whether a correct TOTP code is accepted: each once, and none older than the last one used."""
    return db.session.get_one(Staff, staff_id, with_for_update=True).accept_code(counter)


@one_transaction
def use_recovery_code(staff_id: int, code_hash: str) -> bool:
    """Return whether a recovery code, given as its stored hash, is accepted: each once."""
    return db.session.get_one(Staff, staff_id, with_for_update=True).use_recovery_code(code_hash)


@one_transaction
def set_two_factor(
    staff_id: int, expected_uniquifier: str, method: str, secret: str, uniquifier: str, *, first: bool = False
) -> None:
    """Set another method for the second factor, and end every session and every half-done sign-in.

    `expected_uniquifier` is the account's uniquifier when the change began; `first` says that it had no second factor then.
    Raises TwoFactorChanged if either changed meanwhile.
    """
    staff = _lock_unchanged_account(staff_id, expected_uniquifier)
    if first and staff.tf_primary_method:
        raise TwoFactorChanged(_("This account now has two-factor sign-in. Please sign in with it."))
    staff.set_two_factor(method, secret)
    end_every_sign_in(db.session(), staff, uniquifier)


@one_transaction
def disable_two_factor(staff_id: int, expected_uniquifier: str, new_uniquifier: str) -> None:
    """Turn the second factor off, and end every session and each cookie with the old uniquifier. Raises TwoFactorChanged."""
    staff = _lock_unchanged_account(staff_id, expected_uniquifier)
    staff.disable_two_factor()
    end_every_sign_in(db.session(), staff, new_uniquifier)


def _lock_unchanged_account(staff_id: int, expected_uniquifier: str) -> Staff:
    """Return the account, locked. Raises TwoFactorChanged if its uniquifier is another one by now, so that sessions ended."""
    staff = db.session.get_one(Staff, staff_id, with_for_update=True)
    if staff.fs_uniquifier != expected_uniquifier:
        raise TwoFactorChanged(_("Your sessions have ended. Please sign in again."))
    return staff


@one_transaction
def disable_two_factor_by_email(email: str, *, unlink: bool = False) -> None:
    """Turn off an account's second factor, remove its passkeys, `unlink` it from identity providers if asked, and end its
    sessions, for an operator. Raises NoSuchAccount, CannotMail."""
    address = normalized_address(email).lower()
    staff = db.session.scalar(select(Staff).where(func.lower(Staff.email) == address).with_for_update())
    if staff is None:
        raise NoSuchAccount(_("Nobody on this site signs in as %(email)s.", email=email))
    staff.disable_two_factor()
    db.session.execute(delete(Passkey).where(Passkey.staff_id == staff.id))
    if unlink:
        db.session.execute(delete(ProviderLink).where(ProviderLink.staff_id == staff.id))
    end_every_sign_in(db.session(), staff)
