"""Changes to one's own account: name, password reset and two-factor authentication."""

import datetime as dt
import secrets

from sqlalchemy import func, select

from letterhub.domain.abuse.rate_limits import RESETS, LimitedAct, TooOften
from letterhub.domain.accounts.roles import NoSuchAccount, SecondStepChanged
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.infrastructure.db import db, one_transaction
from letterhub.mail.outbox import one_address, post
from letterhub.models import Staff, end_sign_ins, spend


@one_transaction
def rename_account(staff_id: int, name: str) -> None:
    """Set the name shown to colleagues and in the audit log."""
    db.session.get_one(Staff, staff_id, with_for_update=True).name = name


@one_transaction
def ask_for_new_password(address: str, secret: str, at: dt.datetime) -> None:
    """Queue a password-reset mail, unless the rate limit for this address is exhausted: the earlier links still work. Raises
    CannotMail.

    Looks up no account, so that it takes as long for an address without one. The worker looks it up and drops the mail.
    """
    recipient = one_address(address).lower()
    try:
        with db.session.begin_nested():
            spend(db.session(), {(LimitedAct.RESET, recipient): RESETS}, secret, at)
    except TooOften:
        return
    post(MailKind.RESET, recipient, at=at)


@one_transaction
def spend_code(staff_id: int, counter: int) -> bool:
    """Return whether a correct TOTP code is accepted: each once, and none older than the last one used."""
    return db.session.get_one(Staff, staff_id, with_for_update=True).spend_code(counter)


@one_transaction
def spend_recovery_code(staff_id: int, kept: str) -> bool:
    """Return whether a recovery code, given as its stored hash, is accepted: each once."""
    return db.session.get_one(Staff, staff_id, with_for_update=True).spend_recovery_code(kept)


@one_transaction
def set_second_step(staff_id: int, began_as: str, method: str, secret: str, uniquifier: str, *, first: bool = False) -> None:
    """Set another method for the second factor, and end every session and every half-done sign-in.

    `began_as` is the account's uniquifier when the change began; `first` says that it had no second factor then. Raises
    SecondStepChanged if either changed meanwhile.
    """
    staff = _as_begun(staff_id, began_as)
    if first and staff.tf_primary_method:
        raise SecondStepChanged("This account has a second step by now. Sign in with it.")
    staff.take_second_step(method, secret)
    staff.end_sessions(uniquifier)
    end_sign_ins(db.session(), staff.id)


@one_transaction
def end_second_step(staff_id: int, began_as: str, uniquifier: str) -> None:
    """Turn the second factor off and end every session. Raises SecondStepChanged."""
    staff = _as_begun(staff_id, began_as)
    staff.forget_second_step()
    staff.end_sessions(uniquifier)
    end_sign_ins(db.session(), staff.id)


def _as_begun(staff_id: int, began_as: str) -> Staff:
    staff = db.session.get_one(Staff, staff_id, with_for_update=True)
    if staff.fs_uniquifier != began_as:
        raise SecondStepChanged("Your sessions have ended meanwhile. Sign in again.")
    return staff


@one_transaction
def turn_off_second_step(email: str) -> None:
    """Turn off an account's second factor and end its sessions, for an operator. Raises NoSuchAccount, CannotMail."""
    address = one_address(email).lower()
    staff = db.session.scalar(select(Staff).where(func.lower(Staff.email) == address).with_for_update())
    if staff is None:
        raise NoSuchAccount(f"Nobody on this site signs in as {email}.")
    staff.forget_second_step()
    staff.end_sessions(secrets.token_hex(32))
    end_sign_ins(db.session(), staff.id)
