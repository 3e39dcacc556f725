"""Emails that deliver a letter's editions as staff see them, with what became of each recipient's; and limits of mailboxes."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Select, select

from letterhub.domain.editions.deliveries import DEFAULT_MAIL_LIMIT, AttachmentMode
from letterhub.domain.editions.delivery_emails import (
    RESENDABLE,
    AlreadyEmailed,
    EmailRecipient,
    RecipientRole,
    RecipientState,
    recipient_state,
)
from letterhub.domain.i18n import _
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.infrastructure.db import db
from letterhub.models import DeliveryEmail, DeliveryRecipient, Edition, OutboxMessage, Staff


@dataclass(frozen=True, slots=True)
class RecipientFacts:
    """Recipient of a delivery's email and what became of it: `at` is when it came into its state, `reply` the server's answer
    or the error. `is_link` says that it has links, `has_link_fallback` that the server rejected the files' size."""

    id: int
    name: str
    address: str
    role: RecipientRole
    state: RecipientState
    at: dt.datetime
    reply: str
    is_link: bool
    has_link_fallback: bool

    @property
    def can_be_resent(self) -> bool:
        """Return whether staff may send it again."""
        return self.state in RESENDABLE


@dataclass(frozen=True, slots=True)
class EmailFacts:
    """Email that delivers an edition, as staff see it."""

    id: int
    number: int
    sent_at: dt.datetime
    sent_by: str
    time_zone: str
    recipients: tuple[RecipientFacts, ...]


def delivery_emails_of(letter_id: int) -> tuple[EmailFacts, ...]:
    """Return the emails that deliver a letter's editions, newest first."""
    rows = db.session.execute(
        _select_recipients().where(Edition.letter_id == letter_id).order_by(DeliveryEmail.id.desc(), DeliveryRecipient.id)
    ).all()
    emails = []
    for _email_id, group in groupby(rows, key=lambda row: row.DeliveryEmail.id):
        of_email = list(group)
        email = of_email[0].DeliveryEmail
        emails.append(
            EmailFacts(
                email.id, of_email[0].number, email.created_at, of_email[0].sent_by or "", email.time_zone,
                tuple(_recipient_facts(row.DeliveryRecipient, row.OutboxMessage, email) for row in of_email),
            )
        )  # fmt: skip
    return tuple(emails)


def recipient_of(letter_id: int, recipient_id: int) -> RecipientFacts | None:
    """Return a recipient of a letter's delivery; None if it has none with this id."""
    row = db.session.execute(
        _select_recipients().where(Edition.letter_id == letter_id, DeliveryRecipient.id == recipient_id)
    ).one_or_none()
    return _recipient_facts(row.DeliveryRecipient, row.OutboxMessage, row.DeliveryEmail) if row else None


def edition_of_recipient(letter_id: int, recipient_id: int) -> int | None:
    """Return the number of the edition that a recipient of a letter was emailed; None if it has none with this id."""
    query = _select_recipients().where(Edition.letter_id == letter_id, DeliveryRecipient.id == recipient_id)
    return db.session.scalar(query.with_only_columns(Edition.number))


def check_not_emailed(edition_id: int, recipients: Iterable[EmailRecipient]) -> None:
    """Raise AlreadyEmailed if an email with this edition to one of these recipients waits, or was accepted and has not come
    back. Whoever is copied is not asked about."""
    mailboxes = {EmailAddress(one.address).canonical for one in recipients if one.role is RecipientRole.TO}
    query = _select_recipients().where(
        DeliveryEmail.edition_id == edition_id, DeliveryRecipient.role == RecipientRole.TO,
        OutboxMessage.canonical_recipient.in_(mailboxes),
    )  # fmt: skip
    for row in db.session.execute(query.order_by(DeliveryRecipient.id)):
        facts = _recipient_facts(row.DeliveryRecipient, row.OutboxMessage, row.DeliveryEmail)
        if facts.state in (RecipientState.QUEUED, RecipientState.ACCEPTED):
            raise AlreadyEmailed(
                _(
                    "%(who)s has emailed this edition to %(address)s already. Leave that recipient out, or check the box to "
                    "send it again.",
                    who=row.sent_by or _("Somebody"), address=facts.address,
                )
            )  # fmt: skip


def mail_size_limit(coalition_id: int, addresses: Iterable[str]) -> int:
    """Return the maximum mail size in bytes for all these addresses: the smallest that was entered at the coalition's last
    email to one of them, or the default."""
    mailboxes = [EmailAddress(address).canonical for address in addresses]
    rows = db.session.execute(
        select(OutboxMessage.canonical_recipient, DeliveryEmail.mail_limit)
        .join(DeliveryRecipient, DeliveryRecipient.outbox_id == OutboxMessage.id)
        .join(DeliveryEmail, DeliveryEmail.id == DeliveryRecipient.email_id)
        .where(OutboxMessage.coalition_id == coalition_id, OutboxMessage.canonical_recipient.in_(mailboxes))
        .order_by(DeliveryEmail.id)
    )
    limits = {row.canonical_recipient: row.mail_limit for row in rows}  # the last one counts
    return min(limits.values(), default=DEFAULT_MAIL_LIMIT)


def _select_recipients() -> Select[DeliveryRecipient, DeliveryEmail, int, str | None, OutboxMessage | None]:
    """Return a select of recipients, each with its email, the edition's number, who sent it, and the outbox line."""
    return (
        select(DeliveryRecipient, DeliveryEmail, Edition.number.label("number"), Staff.name.label("sent_by"), OutboxMessage)
        .join(DeliveryEmail, DeliveryEmail.id == DeliveryRecipient.email_id)
        .join(Edition, Edition.id == DeliveryEmail.edition_id)
        .outerjoin(Staff, Staff.id == DeliveryEmail.created_by_id)
        .outerjoin(OutboxMessage, OutboxMessage.id == DeliveryRecipient.outbox_id)
    )


def _recipient_facts(recipient: DeliveryRecipient, mail: OutboxMessage | None, email: DeliveryEmail) -> RecipientFacts:
    state = recipient_state(mail.state if mail else None, is_bounced=recipient.bounced_at is not None)
    changed_at = {
        RecipientState.ACCEPTED: recipient.accepted_at or (mail.sent_at if mail else None),
        RecipientState.BOUNCED: recipient.bounced_at,
        RecipientState.FAILED: mail.failed_at if mail else None,
        RecipientState.CANCELED: mail.cancelled_at if mail else None,
    }.get(state)
    mode = mail.attachment_mode if mail else email.attachment_mode
    return RecipientFacts(
        id=recipient.id, name=recipient.name, address=recipient.address, role=recipient.role, state=state,
        at=changed_at or (mail.requested_at if mail else email.created_at),
        reply=recipient.reply or (mail.error if mail else ""), is_link=mode is AttachmentMode.LINK,
        has_link_fallback=bool(mail and mail.has_link_fallback),
    )  # fmt: skip
