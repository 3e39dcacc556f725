"""Transactional outbox: a mail is a row written in the caller's transaction.

See docs/design/mail.md.
"""

import datetime as dt
import secrets
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, NamedTuple

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import insert

from letterhub.domain.i18n import _
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import BULK, CannotMail, MailKind, Precedence
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import current_settings
from letterhub.models import OutboxMessage

BATCH_SIZE = 1000


class BulkRecipient(NamedTuple):
    """Recipient of a bulk mail; `due_at` None means at once."""

    signature_id: int
    email: str
    due_at: dt.datetime | None = None


def queue_mail(
    kind: MailKind,
    recipient: str,
    parameters: Mapping[str, Any] | None = None,
    *,
    at: dt.datetime,
    coalition_id: int | None = None,
    letter_id: int | None = None,
    signature_id: int | None = None,
) -> OutboxMessage:
    """Add a mail to the outbox, with the facts that its MailKind needs. Raises CannotMail if the address is invalid."""
    references = {"coalition_id": coalition_id, "letter_id": letter_id, "signature_id": signature_id}
    message = OutboxMessage(**message_columns(kind, EmailAddress(recipient), parameters or {}, at), **references, due_at=at)
    db.session.add(message)
    return message


def queue_bulk_mail(
    kind: MailKind,
    recipients: Iterable[BulkRecipient],
    parameters: Mapping[str, Any],
    *,
    at: dt.datetime,
    coalition_id: int,
    letter_id: int,
) -> None:
    """Add the same mail for many signatures of a letter, 100,000 in seconds. Raises CannotMail."""
    references = {"coalition_id": coalition_id, "letter_id": letter_id}
    rows = (
        message_columns(kind, EmailAddress(recipient.email), parameters, at)
        | references
        | {"signature_id": recipient.signature_id, "due_at": recipient.due_at or at}
        for recipient in recipients
    )
    while batch := list(islice(rows, BATCH_SIZE)):
        db.session.execute(insert(OutboxMessage), batch)


def message_columns(kind: MailKind, recipient: EmailAddress, parameters: Mapping[str, Any], at: dt.datetime) -> dict[str, Any]:
    """Return the columns of a new outbox row, except its due time and what it is about. Raises CannotMail."""
    host = current_settings().mail_from.rpartition("@")[2].rstrip("> ")
    address = recipient if recipient.is_valid else EmailAddress(normalized_address(recipient.typed))
    return {
        "kind": kind, "precedence": Precedence.BULK if kind in BULK else Precedence.INTERACTIVE,
        "recipient": address.typed, "canonical_recipient": address.canonical,
        "parameters": dict(parameters), "message_id": f"<{secrets.token_hex(16)}@{host}>", "created_at": at, "requested_at": at,
    }  # fmt: skip


def normalized_address(address: str) -> str:
    """Return the address normalized, with its domain in ASCII; nothing that could break a header passes. Raises CannotMail."""
    try:
        validated = validate_email(address, check_deliverability=False, allow_smtputf8=False, test_environment=True)
    except EmailNotValidError as problem:
        raise CannotMail(_("We can’t send email to this address. Check its spelling.")) from problem
    return validated.ascii_email or validated.normalized
