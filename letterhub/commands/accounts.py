"""What people do with their own account: the name it shows, and the codes of its second step."""

import datetime as dt
import secrets

from sqlalchemy import func, select

from letterhub.db import db, one_transaction
from letterhub.domain.allowances import RESETS, LimitedAct, TooOften
from letterhub.domain.mails import MailKind
from letterhub.domain.roles import NoSuchAccount, SecondStepChanged
from letterhub.mail.outbox import one_address, post
from letterhub.models import Staff, end_sign_ins, spend


@one_transaction
def rename_account(staff_id: int, name: str) -> None:
    """The name that colleagues and the record know this person by."""
    db.session.get_one(Staff, staff_id, with_for_update=True).name = name


@one_transaction
def ask_for_new_password(address: str, secret: str, at: dt.datetime) -> None:
    """Posts the mail that leads to a new password, unless some of these mails went there of late: they work still, whoever
    asked for them. Raises CannotMail.

    Looks up no account, so that it takes as long for an address without one: the worker does, and drops the mail.
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
    """Whether a right code of the authenticator app is taken: each is taken once, and none that is older than the last."""
    return db.session.get_one(Staff, staff_id, with_for_update=True).spend_code(counter)


@one_transaction
def spend_recovery_code(staff_id: int, kept: str) -> bool:
    """Whether a recovery code, as it is kept, is taken: each is taken once."""
    return db.session.get_one(Staff, staff_id, with_for_update=True).spend_recovery_code(kept)


@one_transaction
def set_second_step(staff_id: int, began_as: str, method: str, secret: str, uniquifier: str, *, first: bool = False) -> None:
    """Keeps another app for the second step, and ends every session and every sign-in that is half done.

    `began_as` is what the account was known by when this was begun, `first` whether that was before it had a second step.
    Raises SecondStepChanged where someone was quicker.
    """
    staff = _as_begun(staff_id, began_as)
    if first and staff.tf_primary_method:
        raise SecondStepChanged("This account has a second step by now. Sign in with it.")
    staff.take_second_step(method, secret)
    staff.end_sessions(uniquifier)
    end_sign_ins(db.session(), staff.id)


@one_transaction
def end_second_step(staff_id: int, began_as: str, uniquifier: str) -> None:
    """Lets whoever is signed in sign in by the password alone, and ends every session. Raises SecondStepChanged."""
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
    """Lets the account in with its password alone, and ends its sessions. Raises NoSuchAccount, CannotMail."""
    address = one_address(email).lower()
    staff = db.session.scalar(select(Staff).where(func.lower(Staff.email) == address).with_for_update())
    if staff is None:
        raise NoSuchAccount(f"Nobody on this site signs in as {email}.")
    staff.forget_second_step()
    staff.end_sessions(secrets.token_hex(32))
    end_sign_ins(db.session(), staff.id)
