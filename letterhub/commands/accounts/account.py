"""Changes to one's own account: name, language, password reset and two-factor authentication."""

import datetime as dt

from sqlalchemy import delete, func, select

from letterhub.domain.abuse.rate_limits import PASSWORD_RESET_LIMIT, LimitedAction, RateLimited
from letterhub.domain.accounts.roles import NoSuchAccount, TwoFactorChanged
from letterhub.domain.i18n import _
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.infrastructure.db import db, one_transaction
from letterhub.mail.outbox import normalized_address, queue_mail
from letterhub.models import Passkey, ProviderLink, Staff, acquire, end_every_sign_in


@one_transaction
def rename_account(staff_id: int, name: str) -> None:
    """Set the name shown to colleagues and in the audit log."""
    db.session.get_one(Staff, staff_id, with_for_update=True).name = name


@one_transaction
def choose_language(staff_id: int, language: str) -> None:
    """Set the language of one's pages and emails; "" for what the browser asks for, and English emails."""
    db.session.get_one(Staff, staff_id, with_for_update=True).language = language


@one_transaction
def queue_password_reset(address: str, secret: str, at: dt.datetime) -> None:
    """Queue a password-reset mail, unless the rate limit for this address is exhausted: the earlier links still work. Raises
    CannotMail.

    Looks up no account, so that it takes as long for an address without one. The worker looks it up and drops the mail.
    """
    recipient = normalized_address(address).lower()
    try:
        with db.session.begin_nested():
            acquire(db.session(), {(LimitedAction.RESET, recipient): PASSWORD_RESET_LIMIT}, secret, at)
    except RateLimited:
        return
    queue_mail(MailKind.RESET, recipient, at=at)


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
