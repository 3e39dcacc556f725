"""Recent mails to a mailbox and recent forms under a letter, for the limits on submissions."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Row, Select, String, bindparam, exists, func, literal, or_, select, true

from letterhub.domain.abuse.submission_limits import DAY, FLOOD_WINDOW, LetterForms, PastMail, is_flood_of_letter
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import NOT_SENT_SENTENCES, MailKind
from letterhub.infrastructure.db import db, execute_core
from letterhub.infrastructure.signed_links import hash_mailbox, keyed_hash
from letterhub.models import Invitation, Letter, MailSuppression, OutboxMessage, Signature, SubmissionOrigin

CONFIRMATION_KINDS = (MailKind.CONFIRM, MailKind.REMIND)
FLOOD_SAMPLE = 300
"""Forms of the last hour from which floods of a letter are detected."""
MAILBOX_MAILS_MAX = 200
"""Mails to a mailbox that are read at most."""

_LETTER: BindParameter[int] = bindparam("letter")
_MAILBOX: BindParameter[str] = bindparam("mailbox", type_=String)
SUPPRESSION = (
    select(MailSuppression.reason)
    .where(
        MailSuppression.letter_id == _LETTER,
        MailSuppression.mailbox_hash.in_((bindparam("mailbox_hash"), bindparam("address_hash"))),
    )
    .limit(1)
)
MAILS = (
    select(
        OutboxMessage.id, OutboxMessage.letter_id, OutboxMessage.recipient, OutboxMessage.created_at, OutboxMessage.due_at,
        OutboxMessage.sent_at, OutboxMessage.failed_at, OutboxMessage.cancelled_at, OutboxMessage.attempts,
        OutboxMessage.parameters,
        SubmissionOrigin.network_hash,
    )
    .join(Signature, Signature.id == OutboxMessage.signature_id)
    .outerjoin(SubmissionOrigin, SubmissionOrigin.signature_id == Signature.id)
    .where(OutboxMessage.canonical_recipient == _MAILBOX, OutboxMessage.created_at > bindparam("two_days_ago"),
    OutboxMessage.kind.in_(CONFIRMATION_KINDS))
    .where(or_(OutboxMessage.cancelled_at.is_(None), OutboxMessage.error.in_(NOT_SENT_SENTENCES.values())),
    Signature.confirmed_at.is_(None))
    .order_by(OutboxMessage.created_at.desc())
    .limit(MAILBOX_MAILS_MAX)
    .subquery()
)  # fmt: skip
_ONE_ROW = select(literal(1).label("once")).subquery()
_MAILBOX_MAILS = select(SUPPRESSION.scalar_subquery().label("stop"), *MAILS.c).select_from(_ONE_ROW.outerjoin(MAILS, true()))
"""Prebuilt statements, like those below, run for every form: building one takes longer than running it."""


def network_hash(letter_id: int, network: str) -> str:
    """Return the hash of a network under one letter; "" if the network is unknown."""
    return keyed_hash("network", str(letter_id), network) if network else ""


def mailbox_history(letter_id: int, email: EmailAddress, network: str, at: dt.datetime) -> tuple[list[PastMail], str]:
    """Return the recent confirmation mails to a mailbox, and why it gets no mail about the letter, "" if it does.

    Mails about signatures confirmed since are left out. Suppressed mails are included, so that no page reveals the suppression.
    `network` is the one that the current form came from.

    An address with a "+tag" counts all mails to its mailbox, one without only its own: hosts may not support tags, and unread
    mails must not use up a real signatory's limit.
    """
    rows = execute_core(_MAILBOX_MAILS, mailbox_parameters(letter_id, email, at)).all()
    return past_mails_from(rows, email, network, at), NOT_SENT_SENTENCES[rows[0].stop] if rows[0].stop else ""


def past_mails_from(rows: Sequence[Row[Any]], email: EmailAddress, network: str, at: dt.datetime) -> list[PastMail]:
    """Return the mails of rows with the columns of `MAILS`, as `mailbox_history` does: none for a row without a mail."""
    address = email.spelling
    counts_whole_mailbox = address != email.canonical or address.endswith("@gmail.com")
    return [
        _past_mail(row, address, network, at)
        for row in rows
        if row.id is not None and (counts_whole_mailbox or row.recipient.lower() == address)
    ]


def _past_mail(row: Any, address: str, network: str, at: dt.datetime) -> PastMail:
    """Return an outbox row as a mail that counts toward a mailbox's limit, compared with the form's address and network."""
    is_over = row.sent_at or row.failed_at or row.cancelled_at
    waits = not is_over and row.due_at > at and not row.attempts
    sent_at = row.sent_at or row.created_at
    promised = row.parameters.get("promised")
    return PastMail(
        row.id,
        row.letter_id,
        same_network=(row.network_hash or "") == network_hash(row.letter_id, network),
        same_address=EmailAddress(row.recipient).spelling == address,
        waits=waits,
        asked_at=row.created_at,
        at=row.due_at if waits else sent_at,
        limits=tuple(row.parameters.get("limits", ())),
        held_by=row.parameters.get("held_by", ""),
        promised_at=dt.datetime.fromisoformat(promised) if promised else None,
        blocked=row.cancelled_at is not None,
    )


def mailbox_parameters(letter_id: int, email: EmailAddress, at: dt.datetime) -> dict[str, object]:
    """Return the parameters of `MAILS` and of `SUPPRESSION`."""
    return {**_mailbox_hashes(letter_id, email), "mailbox": email.canonical, "two_days_ago": at - 2 * DAY}


def suppression_sentence(letter_id: int, email: EmailAddress) -> str:
    """Return why mail about a letter to a mailbox is suppressed; "" if it is not."""
    stop = db.session.scalar(SUPPRESSION, _mailbox_hashes(letter_id, email))
    return NOT_SENT_SENTENCES[stop] if stop else ""


def _mailbox_hashes(letter_id: int, email: EmailAddress) -> dict[str, int | str]:
    """Return the parameters of `SUPPRESSION`: the letter, and the hashes of the mailbox and of its address as spelled."""
    address_hash = hash_mailbox(letter_id, email, as_spelled=True)
    return {"letter": letter_id, "mailbox_hash": hash_mailbox(letter_id, email), "address_hash": address_hash}


def is_known_contact(letter_id: int, coalition_id: int, email: EmailAddress) -> bool:
    """Return whether staff invited a mailbox to a letter, or it confirmed or was imported with a signature under any letter of
    the coalition.
    """
    mailbox_hash = hash_mailbox(letter_id, email)
    is_invited = exists().where(
        Invitation.letter_id == letter_id, Invitation.mailbox_hash == mailbox_hash, Invitation.declined_at.is_(None)
    )
    letters = select(Letter.id).where(Letter.coalition_id == coalition_id)
    confirmed_in_coalition = (Signature.confirmed_at.is_not(None), (Signature.letter_id + 0).in_(letters))  # by mailbox
    was_mailed = exists().where(
        OutboxMessage.canonical_recipient == email.canonical,
        Signature.id == OutboxMessage.signature_id,
        *confirmed_in_coalition,
    )
    has_address = exists().where(Signature.email == email.typed, *confirmed_in_coalition)
    return bool(db.session.scalar(select(or_(is_invited, was_mailed, has_address))))


def select_form_counts(condition: ColumnElement[bool]) -> Select[int, int]:
    """Return a statement that counts a letter's latest forms, and the confirmed ones of them.

    It reads at most FLOOD_SAMPLE forms, so that busy letters are no slower.
    """
    recent = select(SubmissionOrigin.signature_id).where(
        SubmissionOrigin.letter_id == _LETTER, SubmissionOrigin.started_at > bindparam("an_hour_ago"), condition
    )
    latest = recent.order_by(SubmissionOrigin.started_at.desc()).limit(FLOOD_SAMPLE).subquery()
    return select(func.count().label("forms"), func.count(Signature.confirmed_at).label("confirmed")).join_from(
        latest, Signature, Signature.id == latest.c.signature_id
    )


_LETTER_FORMS = select_form_counts(true())


def is_proof_of_work_required(letter_id: int, at: dt.datetime) -> bool:
    """Return whether a letter's forms need a proof of work: by its settings, or during a flood."""
    if db.session.scalars(select(Letter.requires_proof_of_work).where(Letter.id == letter_id)).one():
        return True
    row = execute_core(_LETTER_FORMS, {"letter": letter_id, "an_hour_ago": at - FLOOD_WINDOW}).one()
    return is_flood_of_letter(LetterForms(row.forms, row.confirmed))


def promised_mail_time(signature_id: int, at: dt.datetime) -> dt.datetime | None:
    """Return when a signature's last confirmation mail was promised to be sent; None if that has passed or was not promised."""
    query = select(OutboxMessage.parameters).where(
        OutboxMessage.signature_id == signature_id, OutboxMessage.kind == MailKind.CONFIRM
    )
    parameters = db.session.scalar(query.order_by(OutboxMessage.id.desc()).limit(1)) or {}
    if "promised" not in parameters:
        return None
    promised_at = dt.datetime.fromisoformat(parameters["promised"])
    return promised_at if promised_at > at else None
