"""Steps of deliveries, with their letter locked: it becomes delivered, signatories get copies, and a delivery is taken back."""

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, select, update

from letterhub.domain.audit.log import WORKER, ReferenceKind
from letterhub.domain.editions.deliveries import (
    MODE_KEY,
    RECIPIENT_LENGTH,
    AttachmentMode,
    CannotUndoDelivery,
    CopyBatch,
    DeliveryMethod,
)
from letterhub.domain.editions.delivery_emails import RecipientRole, joined_names
from letterhub.domain.i18n import _
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.states import LETTER_STATE_NAMES, LetterMove, LetterState
from letterhub.infrastructure.db import db
from letterhub.mail.outbox import BulkRecipient, queue_bulk_mail
from letterhub.models import (
    Delivery,
    DeliveryEmail,
    DeliveryRecipient,
    Edition,
    Letter,
    OutboxMessage,
    append_audit_entry,
)
from letterhub.queries.editions.deliveries import attachment_size, copies_due, valid_deliveries
from letterhub.queries.mail.outbox import WAITING_CONDITION


def lock_letter(letter_id: int) -> Letter:
    """Return a letter, locked."""
    return db.session.get_one(Letter, letter_id, with_for_update=True)


def record_acceptance(message: OutboxMessage, reply: str, at: dt.datetime) -> None:
    """Record that a mail server accepted an email of a delivery, whose letter is locked. The edition was delivered to a
    recipient that it is addressed to; signatories get their copies with the first.

    An email that was held back and sent again while the server took it was not held back: it counts, and not the later one.
    """
    recipient = db.session.get_one(DeliveryRecipient, message.parameters["recipient_id"])
    if recipient.outbox_id != message.id and recipient.accepted_at is not None:
        return
    recipient.outbox_id, recipient.address = message.id, message.recipient
    recipient.accepted_at, recipient.reply = at, reply[:500]
    email = db.session.get_one(DeliveryEmail, recipient.email_id)
    edition = db.session.get_one(Edition, email.edition_id)
    letter = db.session.get_one(Letter, edition.letter_id)
    if message.has_link_fallback:
        before, after = {MODE_KEY: str(AttachmentMode.ATTACHED)}, {MODE_KEY: str(AttachmentMode.LINK)}
        append_delivery_entry(edition, "left as a link", after, WORKER, at, before=before)
    if recipient.role is not RecipientRole.TO or letter.state not in (LetterState.CLOSED, LetterState.DELIVERED):
        return
    valid_ids = {one.id for one in valid_deliveries(letter.id)}
    is_first = valid_ids.isdisjoint(other.delivery_id for other in email.recipients)
    delivery = Delivery(
        edition_id=edition.id, recipient=recipient.name, method=DeliveryMethod.LETTERHUB, delivered_at=at,
        time_zone=email.time_zone, recorded_at=at, recorded_by_id=email.created_by_id,
        copies=queue_copies(edition, letter, at) if email.copies and is_first else 0,
    )  # fmt: skip
    db.session.add(delivery)
    db.session.flush()
    recipient.delivery_id = delivery.id
    mark_delivered(letter)
    append_delivery_entry(edition, "delivery accepted", facts_of(delivery), WORKER, at)


def mark_delivered(letter: Letter) -> None:
    """Make a letter delivered as its valid deliveries say: at the time of the first, to all of them."""
    deliveries = valid_deliveries(letter.id)
    if letter.state is LetterState.CLOSED:
        letter.move(LetterMove.DELIVER, deliveries[0].delivered_at)
    letter.delivered_at = deliveries[0].delivered_at
    letter.delivered_to = joined_names((one.recipient for one in deliveries), RECIPIENT_LENGTH)


def queue_copies(edition: Edition, letter: Letter, at: dt.datetime) -> int:
    """Queue an email to each signatory of the edition who has not been sent one about it; return how many."""
    recipients = copies_due(edition.id)
    copies = CopyBatch(len(recipients), attachment_size(edition.id))
    parameters = {"edition_id": edition.id, MODE_KEY: str(copies.attachment_mode)}
    paced_recipients = (
        BulkRecipient(*recipient, due_at=at + copies.delay_of(position)) for position, recipient in enumerate(recipients)
    )
    queue_bulk_mail(MailKind.COPY, paced_recipients, parameters, at=at, coalition_id=letter.coalition_id, letter_id=letter.id)
    return len(recipients)


def take_back(delivery: Delivery, letter: Letter, reason: str, actor: str, at: dt.datetime) -> None:
    """Undo a delivery of a locked letter, which is closed again if it was the only one; copies that wait are canceled.

    Raises CannotUndoDelivery.
    """
    if letter.state is not LetterState.DELIVERED:
        raise CannotUndoDelivery(
            _("This letter is %(state)s, so its deliveries can’t be changed.", state=LETTER_STATE_NAMES[letter.state])
        )
    delivery.undo(reason, at)
    db.session.flush()
    deliveries = valid_deliveries(letter.id)
    if all(other.edition_id != delivery.edition_id for other in deliveries):
        of_edition = OutboxMessage.parameters["edition_id"].as_integer() == delivery.edition_id
        _cancel_mails(at, OutboxMessage.letter_id == letter.id, OutboxMessage.kind == MailKind.COPY, of_edition)
    if deliveries:
        mark_delivered(letter)
    else:
        letter.move(LetterMove.REVERT_DELIVERY, at)
    facts = {"delivered_to": delivery.recipient, "reason": reason}
    append_delivery_entry(db.session.get_one(Edition, delivery.edition_id), "delivery taken back", facts, actor, at)


def _cancel_mails(at: dt.datetime, *conditions: ColumnElement[bool]) -> None:
    """Cancel all matching rows in one UPDATE; loaded objects are not refreshed, as none is read before the commit."""
    values = {"cancelled_at": at, "lease_until": None, "error": _("Not sent: the delivery was taken back.")}
    statement = update(OutboxMessage).where(WAITING_CONDITION, *conditions).values(values)
    db.session.execute(statement, execution_options={"synchronize_session": False})


def letter_id_of_mail(outbox_message_id: int) -> int:
    """Return the id of the letter that a mail is about."""
    query = select(OutboxMessage.letter_id).where(OutboxMessage.id == outbox_message_id)
    return db.session.scalars(query).one() or 0


def facts_of(delivery: Delivery) -> dict[str, Any]:
    """Return what the audit log stores of a delivery."""
    facts = {
        "delivered_to": delivery.recipient,
        "method": str(delivery.method),
        "delivered_at": delivery.delivered_at.isoformat(),
    }
    return facts | {name: value for name in ("receipt", "copies") if (value := getattr(delivery, name))}


def append_delivery_entry(
    edition: Edition, action: str, facts: dict[str, Any], actor: str, at: dt.datetime, before: dict[str, Any] | None = None
) -> None:
    """Log an act about deliveries of an edition."""
    chain, subject = ReferenceKind.LETTER.reference(edition.letter_id), ReferenceKind.EDITION.reference(edition.number)
    append_audit_entry(db.session(), chain, actor, action, at=at, subject=subject, before=before or {}, after=facts)
