"""Changes to one's own account: name, language and password reset."""

import datetime as dt

from letterhub.domain.abuse.rate_limits import PASSWORD_RESET_LIMIT, LimitedAction, RateLimited
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.infrastructure.db import db, one_transaction
from letterhub.mail.outbox import normalized_address, queue_mail
from letterhub.models import Staff, acquire


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
