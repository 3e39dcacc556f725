"""Emails that deliver an edition: queued for each recipient, sent again, canceled, marked as bounced, and tried in a test.

A delivery is recorded when a recipient's mail server accepts the email. See docs/design/deliveries.md.
"""

import datetime as dt
from typing import Any

from sqlalchemy import select

from letterhub.commands.editions._delivery_steps import (
    append_delivery_entry,
    lock_letter,
    take_back,
)
from letterhub.commands.mail._mail_holds import check_test_limit
from letterhub.domain.abuse.submission_limits import make_idempotency_key
from letterhub.domain.editions.deliveries import MODE_KEY, AttachmentMode, check_deliverable, check_errata_version
from letterhub.domain.editions.delivery_emails import (
    CannotSendDelivery,
    CoverEmail,
    CoverEmailRequest,
    RecipientRole,
    RecipientState,
    check_recipients,
    check_resend,
    choose_cover_mode,
    recipient_state,
)
from letterhub.domain.i18n import _
from letterhub.domain.mail.mail_words import WordedMail
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.infrastructure.db import db, one_transaction
from letterhub.mail.outbox import queue_mail
from letterhub.models import Delivery, DeliveryEmail, DeliveryRecipient, Edition, EditionFile, Letter, OutboxMessage, Staff
from letterhub.queries.editions.deliveries import letter_id_of_edition
from letterhub.queries.editions.delivery_emails import check_cover_words
from letterhub.queries.editions.delivery_recipients import check_not_emailed, recipient_of
from letterhub.queries.editions.edition_files import file_sizes
from letterhub.queries.editions.errata import edition_validity_hash


@one_transaction
def send_delivery_email(
    edition_id: int, request: CoverEmailRequest, *, actor: str, staff_id: int | None, at: dt.datetime
) -> int:
    """Queue an email that delivers an edition, for each of its recipients; return their number. A form sent twice sends one.

    Raises CannotDeliver, CannotSendDelivery and InvalidWords, CannotMail for a bad address, and AlreadyEmailed: the letter's
    lock lets the first of two organizers send.
    """
    letter, edition = lock_letter(letter_id_of_edition(edition_id)), db.session.get_one(Edition, edition_id)
    key = make_idempotency_key(request.form_token, edition_id)
    sent = db.session.scalar(select(DeliveryEmail).where(DeliveryEmail.idempotency_key == key)) if key else None
    if sent is not None:
        return len(sent.recipients)
    files = select(EditionFile.state).where(EditionFile.edition_id == edition_id)
    check_deliverable(letter.state, db.session.scalars(files).all())
    check_errata_version(request.errata_version, edition_validity_hash(edition_id))
    check_recipients(request.email.recipients)
    check_cover_words(edition_id, request.email)
    if not request.again:
        check_not_emailed(edition_id, request.email.recipients)
    email = _add_email(edition, request, key, staff_id, at)
    for recipient in email.recipients:
        _queue(recipient, email, letter, at)
    facts = {
        "recipients": [one.name for one in request.email.with_role(RecipientRole.TO)],
        "emails": len(email.recipients),
        "subject": email.subject,
        "formats": email.formats,
        MODE_KEY: str(email.attachment_mode),
        "mail_limit": email.mail_limit,
        **({"language": email.language} if email.language else {}),
    }
    append_delivery_entry(edition, "delivery emailed", facts, actor, at)
    return len(email.recipients)


@one_transaction
def resend_delivery_email(
    recipient_id: int, address: str, letter_id: int, *, actor: str, at: dt.datetime, errata_version: str = ""
) -> None:
    """Send a recipient's email again, which failed, bounced or was canceled, to this address.

    `errata_version` is the version of the edition's errata that the form showed.
    Raises CannotSendDelivery, CannotDeliver, and CannotMail for a bad address.
    """
    letter, recipient, email, mail = _lock_recipient(recipient_id, letter_id)
    check_resend(recipient_state(mail.state if mail else None, is_bounced=recipient.bounced_at is not None))
    files = select(EditionFile.state).where(EditionFile.edition_id == email.edition_id)
    check_deliverable(letter.state, db.session.scalars(files).all())
    check_errata_version(errata_version, edition_validity_hash(email.edition_id))
    recipient.address, recipient.accepted_at, recipient.bounced_at, recipient.reply = address, None, None, ""
    recipient.delivery_id = None
    _queue(recipient, email, letter, at)
    _append_recipient_entry(recipient, email, "delivery emailed again", actor, at)


@one_transaction
def cancel_delivery_email(recipient_id: int, letter_id: int, *, actor: str, at: dt.datetime) -> None:
    """Cancel a recipient's email that has not left. Raises CannotSendDelivery."""
    _letter, recipient, email, mail = _lock_recipient(recipient_id, letter_id)
    if mail is None or recipient_state(mail.state, is_bounced=False) is not RecipientState.QUEUED:
        raise CannotSendDelivery(_("This email is no longer waiting, so it can’t be held back."))
    mail.cancel(at, _("Not sent: staff canceled it."))
    _append_recipient_entry(recipient, email, "delivery email canceled", actor, at)


@one_transaction
def record_recipient_bounce(recipient_id: int, letter_id: int, *, actor: str, at: dt.datetime) -> None:
    """Record that an accepted email came back. Its delivery is taken back. Raises CannotSendDelivery, CannotUndoDelivery."""
    letter, recipient, email, mail = _lock_recipient(recipient_id, letter_id)
    state = recipient_state(mail.state if mail else None, is_bounced=recipient.bounced_at is not None)
    if state is not RecipientState.ACCEPTED:
        raise CannotSendDelivery(_("This email was not accepted by a mail server, so it can’t have bounced."))
    recipient.bounced_at = at
    delivery = db.session.get(Delivery, recipient.delivery_id, with_for_update=True) if recipient.delivery_id else None
    if delivery is not None and delivery.undone_at is None:
        take_back(delivery, letter, _("The email bounced."), actor, at)
    _append_recipient_entry(recipient, email, "delivery bounced", actor, at)


@one_transaction
def send_test_delivery(edition_id: int, email: CoverEmail, staff_id: int, at: dt.datetime) -> str:
    """Mail a delivery's email, with its files, to the member of staff who writes it; return the address. Raises
    CannotSendDelivery and InvalidWords."""
    check_recipients(email.recipients)
    check_cover_words(edition_id, email)
    letter = db.session.get_one(Letter, letter_id_of_edition(edition_id))
    staff = db.session.get_one(Staff, staff_id, with_for_update=True)
    check_test_limit(letter.id, staff.email, at)
    facts = {
        "mail": str(WordedMail.DELIVERY), "edition_id": edition_id, "names": email.names, "formats": list(email.formats),
        "subject": email.words.subject, "text": email.words.text, "sender_name": email.words.sender_name,
        MODE_KEY: str(choose_cover_mode(email, file_sizes(edition_id, email.language))), "language": email.language,
    }  # fmt: skip
    queue_mail(MailKind.TEST, staff.email, facts, at=at, coalition_id=letter.coalition_id, letter_id=letter.id)
    return staff.email


def _add_email(
    edition: Edition, request: CoverEmailRequest, key: str | None, staff_id: int | None, at: dt.datetime
) -> DeliveryEmail:
    email = request.email
    row = DeliveryEmail(
        edition_id=edition.id, sender_name=email.words.sender_name, subject=email.words.subject, text=email.words.text,
        formats=[str(one) for one in email.formats], language=email.language,
        attachment_mode=choose_cover_mode(email, file_sizes(edition.id, email.language)), mail_limit=email.mail_limit,
        copies=request.copies, time_zone=request.time_zone, created_at=at, created_by_id=staff_id, idempotency_key=key,
    )  # fmt: skip
    row.recipients = [DeliveryRecipient(role=one.role, name=one.name, address=one.address) for one in email.recipients]
    db.session.add(row)
    db.session.flush()
    return row


def _queue(recipient: DeliveryRecipient, email: DeliveryEmail, letter: Letter, at: dt.datetime) -> None:
    """Queue a recipient's email. Raises CannotMail."""
    parameters: dict[str, Any] = {"recipient_id": recipient.id, MODE_KEY: str(AttachmentMode(email.attachment_mode))}
    references = {"coalition_id": letter.coalition_id, "letter_id": letter.id}
    message = queue_mail(MailKind.DELIVERY, recipient.address, parameters, at=at, **references)
    db.session.flush()
    recipient.outbox_id = message.id


def _lock_recipient(recipient_id: int, letter_id: int) -> tuple[Letter, DeliveryRecipient, DeliveryEmail, OutboxMessage | None]:
    """Return a recipient of a letter's delivery with their email, after locking the letter and the outbox line.

    Raises CannotSendDelivery.
    """
    if recipient_of(letter_id, recipient_id) is None:
        raise CannotSendDelivery(_("There is no such email."))
    letter = lock_letter(letter_id)
    recipient = db.session.get_one(DeliveryRecipient, recipient_id)
    mail = db.session.get(OutboxMessage, recipient.outbox_id, with_for_update=True) if recipient.outbox_id else None
    return letter, recipient, db.session.get_one(DeliveryEmail, recipient.email_id), mail


def _append_recipient_entry(
    recipient: DeliveryRecipient, email: DeliveryEmail, action: str, actor: str, at: dt.datetime
) -> None:
    facts = {"recipients": [recipient.name]} if recipient.name else {}
    append_delivery_entry(db.session.get_one(Edition, email.edition_id), action, facts, actor, at)
