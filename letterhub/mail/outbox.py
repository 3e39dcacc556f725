"""The way into the outbox: a line in the transaction of its caller, so that both are kept together or not at all."""

import datetime as dt
import secrets
from collections.abc import Mapping
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask import current_app

from letterhub.config import Settings
from letterhub.db import db
from letterhub.domain.mailboxes import mailbox_of
from letterhub.domain.mails import CannotMail, MailKind
from letterhub.models import OutboxLine


def post(
    kind: MailKind,
    recipient: str,
    facts: Mapping[str, Any] | None = None,
    *,
    at: dt.datetime,
    coalition_id: int | None = None,
    letter_id: int | None = None,
    signature_id: int | None = None,
) -> OutboxLine:
    """Writes down a mail of a kind, with the facts that MailKind asks for. Raises CannotMail for what is no address."""
    address = one_address(recipient)
    line = OutboxLine(
        kind=kind, recipient=address, mailbox=mailbox_of(address), facts=dict(facts or {}), message_id=_message_id(),
        coalition_id=coalition_id, letter_id=letter_id, signature_id=signature_id, created_at=at, asked_at=at, due_at=at,
    )  # fmt: skip
    db.session.add(line)
    return line


def one_address(given: str) -> str:
    """The one address as mail servers write it, its domain in ASCII. Nothing that could end a header line gets past here."""
    try:
        known = validate_email(given, check_deliverability=False, allow_smtputf8=False, test_environment=True)
    except EmailNotValidError as problem:
        raise CannotMail("No mail can be sent to this address. Check its spelling.") from problem
    return known.ascii_email or known.normalized


def _message_id() -> str:
    settings: Settings = current_app.extensions["settings"]
    host = settings.mail_from.rpartition("@")[2].rstrip("> ")
    return f"<{secrets.token_hex(16)}@{host}>"
