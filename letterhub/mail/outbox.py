"""The way into the outbox: a line in the transaction of its caller, so that both are kept together or not at all."""

import datetime as dt
import secrets
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, NamedTuple

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import insert

from letterhub.db import db
from letterhub.domain.mailboxes import mailbox_of
from letterhub.domain.mails import CannotMail, MailKind, precedence_of
from letterhub.here import settings_here
from letterhub.models import OutboxLine

AT_ONCE = 1000


class Addressed(NamedTuple):
    """A signature whose signatory is mailed, and when; at once where nothing is said."""

    signature_id: int
    email: str
    due_at: dt.datetime | None = None


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
    of = {"coalition_id": coalition_id, "letter_id": letter_id, "signature_id": signature_id}
    line = OutboxLine(**_columns(kind, recipient, facts or {}, at), **of, due_at=at)
    db.session.add(line)
    return line


def post_each(
    kind: MailKind, whom: Iterable[Addressed], facts: Mapping[str, Any], *, at: dt.datetime, coalition_id: int, letter_id: int
) -> None:
    """Writes down the same mail for each signature of a letter, a hundred thousand in seconds. Raises CannotMail."""
    of = {"coalition_id": coalition_id, "letter_id": letter_id}
    rows = (
        _columns(kind, one.email, facts, at) | of | {"signature_id": one.signature_id, "due_at": one.due_at or at}
        for one in whom
    )
    while some := list(islice(rows, AT_ONCE)):
        db.session.execute(insert(OutboxLine), some)


def _columns(kind: MailKind, recipient: str, facts: Mapping[str, Any], at: dt.datetime) -> dict[str, Any]:
    address = one_address(recipient)
    return {
        "kind": kind, "precedence": precedence_of(kind), "recipient": address, "mailbox": mailbox_of(address),
        "facts": dict(facts), "message_id": _message_id(), "created_at": at, "asked_at": at,
    }  # fmt: skip


def one_address(given: str) -> str:
    """The one address as mail servers write it, its domain in ASCII. Nothing that could end a header line gets past here."""
    try:
        known = validate_email(given, check_deliverability=False, allow_smtputf8=False, test_environment=True)
    except EmailNotValidError as problem:
        raise CannotMail("Email cannot be sent to this address. Check its spelling.") from problem
    return known.ascii_email or known.normalized


def _message_id() -> str:
    host = settings_here().mail_from.rpartition("@")[2].rstrip("> ")
    return f"<{secrets.token_hex(16)}@{host}>"
