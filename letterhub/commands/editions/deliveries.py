"""Deliveries of a finished edition: record, mail, and undo. See docs/design/editions.md."""

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, select, update

from letterhub.domain.abuse.submission_limits import make_idempotency_key
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.editions.deliveries import (
    MODE_KEY,
    CannotDeliver,
    CannotUndoDelivery,
    CopyBatch,
    DeliveryMethod,
    DeliveryRequest,
    check_deliverable,
    check_delivery_time,
    check_errata_version,
    choose_attachment_mode,
)
from letterhub.domain.i18n import _
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.states import LETTER_STATE_NAMES, LetterMove, LetterState
from letterhub.infrastructure.db import db, one_transaction
from letterhub.mail.outbox import BulkRecipient, queue_bulk_mail, queue_mail
from letterhub.models import Delivery, Edition, EditionFile, Letter, OutboxMessage, append_audit_entry
from letterhub.queries.editions.deliveries import attachment_size, copies_due, letter_id_of_edition, valid_deliveries
from letterhub.queries.editions.errata import edition_validity_hash
from letterhub.queries.mail.outbox import WAITING_CONDITION


@one_transaction
def deliver(edition_id: int, request: DeliveryRequest, *, actor: str, staff_id: int | None, at: dt.datetime) -> int:
    """Record a delivery and queue the emails it asks for. The first one makes the letter delivered.

    Return how many signatories are sent a copy; a form sent twice records one delivery, and gets the same number. Raises
    CannotDeliver, and CannotMail for a bad address.
    """
    letter, edition = _lock_letter(letter_id_of_edition(edition_id)), db.session.get_one(Edition, edition_id)
    key = make_idempotency_key(request.form_token, edition_id)
    if (existing := _delivery_with_key(key)) is not None:
        return existing.copies
    files = select(EditionFile.state).where(EditionFile.edition_id == edition_id)
    check_deliverable(letter.state, db.session.scalars(files).all())
    check_delivery_time(request, edition.frozen_at, at)
    check_errata_version(request.errata_version, edition_validity_hash(edition_id))
    delivery = Delivery(
        edition_id=edition_id, recipient=request.recipient, method=request.method, delivered_at=request.delivered_at,
        time_zone=request.time_zone, receipt=request.receipt, recorded_at=at, recorded_by_id=staff_id, idempotency_key=key,
    )  # fmt: skip
    db.session.add(delivery)
    db.session.flush()
    facts: dict[str, Any] = {
        "delivered_to": request.recipient,
        "method": str(request.method),
        "delivered_at": request.delivered_at.isoformat(),
    }
    if request.receipt:
        facts["receipt"] = request.receipt
    if request.method is DeliveryMethod.LETTERHUB:
        facts |= _queue_file_mail(delivery, request, letter, at)
    delivery.copies = _queue_copies(edition, letter, at) if request.copies else 0
    if letter.state is LetterState.CLOSED:
        letter.move(LetterMove.DELIVER, request.delivered_at)
        letter.delivered_to = request.recipient
    if delivery.copies:
        facts["copies"] = delivery.copies
    _append_audit_entry(letter.id, edition, "delivered", facts, actor, at)
    return delivery.copies


@one_transaction
def undo_delivery(delivery_id: int, reason: str, *, actor: str, at: dt.datetime) -> None:
    """Undo a delivery that was recorded by mistake. If it was the only one, the letter is closed again instead of delivered.

    Its unsent emails are canceled. Raises CannotUndoDelivery.
    """
    edition_id = db.session.scalars(select(Delivery.edition_id).where(Delivery.id == delivery_id)).one()
    letter, edition = _lock_letter(letter_id_of_edition(edition_id)), db.session.get_one(Edition, edition_id)
    delivery = db.session.get_one(Delivery, delivery_id, with_for_update=True)
    if letter.state is not LetterState.DELIVERED:
        raise CannotUndoDelivery(
            _("This letter is %(state)s, so its deliveries can’t be changed.", state=LETTER_STATE_NAMES[letter.state])
        )
    delivery.undo(reason, at)
    db.session.flush()
    _cancel_mails(delivery, letter, at)
    other_deliveries = valid_deliveries(letter.id)
    if other_deliveries:
        letter.delivered_at, letter.delivered_to = other_deliveries[0].delivered_at, other_deliveries[0].recipient
    else:
        letter.move(LetterMove.REVERT_DELIVERY, at)
    _append_audit_entry(
        letter.id, edition, "delivery taken back", {"delivered_to": delivery.recipient, "reason": reason}, actor, at
    )


def _lock_letter(letter_id: int) -> Letter:
    return db.session.get_one(Letter, letter_id, with_for_update=True)


def _delivery_with_key(key: str | None) -> Delivery | None:
    """Return the delivery recorded with this idempotency key, if any. Raises CannotDeliver if it was undone.

    The letter's lock keeps out concurrent requests.
    """
    delivery = db.session.scalar(select(Delivery).where(Delivery.idempotency_key == key)) if key else None
    if delivery is not None and delivery.undone_at is not None:
        raise CannotDeliver(_("This delivery was recorded and has since been taken back. To deliver the edition, start again."))
    return delivery


def _queue_file_mail(delivery: Delivery, request: DeliveryRequest, letter: Letter, at: dt.datetime) -> dict[str, Any]:
    """Queue the email with the file, attached if it fits the mailbox's limit; return what the audit log stores of it. Raises
    CannotMail.
    """
    mode_facts = {MODE_KEY: str(choose_attachment_mode(attachment_size(delivery.edition_id), request.mail_limit))}
    parameters = {"delivery_id": delivery.id} | mode_facts
    message = queue_mail(
        MailKind.DELIVERY, request.address, parameters, at=at, coalition_id=letter.coalition_id, letter_id=letter.id
    )
    db.session.flush()
    delivery.outbox_id, delivery.mail_limit = message.id, request.mail_limit
    return mode_facts | {"mail_limit": request.mail_limit}


def _queue_copies(edition: Edition, letter: Letter, at: dt.datetime) -> int:
    """Queue an email to each signatory of the edition who has not been sent one about it; return how many."""
    recipients = copies_due(edition.id)
    copies = CopyBatch(len(recipients), attachment_size(edition.id))
    parameters = {"edition_id": edition.id, MODE_KEY: str(copies.attachment_mode)}
    paced_recipients = (
        BulkRecipient(*recipient, due_at=at + copies.delay_of(position)) for position, recipient in enumerate(recipients)
    )
    queue_bulk_mail(MailKind.COPY, paced_recipients, parameters, at=at, coalition_id=letter.coalition_id, letter_id=letter.id)
    return len(recipients)


def _cancel_mails(delivery: Delivery, letter: Letter, at: dt.datetime) -> None:
    """Cancel unsent mails: the file, and the copies if no other delivery of the edition covers them."""
    _cancel_matching(at, OutboxMessage.id == delivery.outbox_id)
    if all(other.edition_id != delivery.edition_id for other in valid_deliveries(letter.id)):
        of_edition = OutboxMessage.parameters["edition_id"].as_integer() == delivery.edition_id
        _cancel_matching(at, OutboxMessage.letter_id == letter.id, OutboxMessage.kind == MailKind.COPY, of_edition)


def _cancel_matching(at: dt.datetime, *conditions: ColumnElement[bool]) -> None:
    """Cancel all matching rows in one UPDATE; loaded objects are not refreshed, as none is read before the commit."""
    values = {"cancelled_at": at, "lease_until": None, "error": _("Not sent: the delivery was taken back.")}
    statement = update(OutboxMessage).where(WAITING_CONDITION, *conditions).values(values)
    db.session.execute(statement, execution_options={"synchronize_session": False})


def _append_audit_entry(
    letter_id: int, edition: Edition, action: str, facts: dict[str, Any], actor: str, at: dt.datetime
) -> None:
    subject = ReferenceKind.EDITION.reference(edition.number)
    append_audit_entry(
        db.session(), ReferenceKind.LETTER.reference(letter_id), actor, action, at=at, subject=subject, after=facts
    )
