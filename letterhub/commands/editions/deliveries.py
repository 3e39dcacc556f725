"""Deliveries of a finished edition: record, mail, and undo. See docs/design/editions.md."""

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, select, update

from letterhub.domain.audit.references import WORKER, Reference
from letterhub.domain.editions.attachment_policy import HOW, Brought, Copies, brought_as
from letterhub.domain.editions.deliveries import (
    CannotDeliver,
    DeliveryStays,
    Handover,
    Way,
    check_deliverable,
    check_handover,
    check_known,
)
from letterhub.domain.idempotency import key_of
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.states import LetterMove, LetterState
from letterhub.infrastructure.db import db, one_transaction
from letterhub.mail.outbox import Addressed, post, post_each
from letterhub.models import Delivery, Edition, EditionFile, Letter, OutboxLine, remember
from letterhub.queries.editions.deliveries import attached_size, copies_due, letter_of_edition, standing_deliveries
from letterhub.queries.editions.errata import mark_of_edition
from letterhub.queries.mail.outbox import WAITING


@one_transaction
def deliver(edition_id: int, handover: Handover, *, actor: str, staff_id: int | None, at: dt.datetime) -> int:
    """Record a delivery and queue the emails it asks for. The first one makes the letter delivered.

    Return how many signatories are sent a copy; a form sent twice gets the first answer. Raises CannotDeliver, and CannotMail
    for a bad address.
    """
    letter, edition = _locked(letter_of_edition(edition_id)), db.session.get_one(Edition, edition_id)
    key = key_of(handover.once, edition_id)
    if (first := _recorded_before(key)) is not None:
        return first.copies
    files = select(EditionFile.state).where(EditionFile.edition_id == edition_id)
    check_deliverable(letter.state, db.session.scalars(files).all())
    check_handover(handover, edition.as_of, at)
    check_known(handover.known, mark_of_edition(edition_id))
    delivery = Delivery(
        edition_id=edition_id, recipient=handover.recipient, way=handover.way, delivered_at=handover.delivered_at,
        zone=handover.zone, receipt=handover.receipt, recorded_at=at, recorded_by_id=staff_id, request_key=key,
    )  # fmt: skip
    db.session.add(delivery)
    db.session.flush()
    told = _told(handover)
    if handover.way is Way.LETTERHUB:
        told |= _send(delivery, handover, letter, at)
    delivery.copies = _send_copies(edition, letter, at) if handover.copies else 0
    if letter.state is LetterState.CLOSED:
        letter.move(LetterMove.DELIVER, handover.delivered_at)
        letter.delivered_to = handover.recipient
    _remember(letter.id, edition, "delivered", told | ({"copies": delivery.copies} if delivery.copies else {}), actor, at)
    return delivery.copies


@one_transaction
def take_back_delivery(delivery_id: int, why: str, *, actor: str, at: dt.datetime) -> None:
    """Undo a delivery that was recorded by mistake. If it was the only one, the letter is closed again instead of delivered.

    Its unsent emails are canceled. Raises DeliveryStays.
    """
    edition_id = db.session.scalars(select(Delivery.edition_id).where(Delivery.id == delivery_id)).one()
    letter, edition = _locked(letter_of_edition(edition_id)), db.session.get_one(Edition, edition_id)
    delivery = db.session.get_one(Delivery, delivery_id, with_for_update=True)
    if letter.state is not LetterState.DELIVERED:
        raise DeliveryStays(f"This letter is {letter.state}: what was delivered stays as it is recorded.")
    delivery.take_back(why, at)
    db.session.flush()
    _cancel_mails(delivery, letter, at)
    others = standing_deliveries(letter.id)
    if others:
        letter.delivered_at, letter.delivered_to = others[0].delivered_at, others[0].recipient
    else:
        letter.move(LetterMove.TAKE_BACK, at)
    _remember(letter.id, edition, "delivery taken back", {"delivered_to": delivery.recipient, "reason": why}, actor, at)


def remember_link(line: OutboxLine, at: dt.datetime) -> None:
    """Log that a delivery's email was sent with a link, where the delivery's entry says that the file was attached."""
    edition = db.session.get_one(Edition, db.session.get_one(Delivery, line.facts["delivery_id"]).edition_id)
    chain, subject = Reference.LETTER.to(edition.letter_id), Reference.EDITION.to(edition.number)
    before, after = {HOW: str(Brought.ATTACHED)}, {HOW: str(Brought.LINK)}
    remember(db.session(), chain, WORKER, "left as a link", at=at, subject=subject, before=before, after=after)


def _locked(letter_id: int) -> Letter:
    return db.session.get_one(Letter, letter_id, with_for_update={"key_share": True})


def _recorded_before(key: str | None) -> Delivery | None:
    """Return the delivery recorded with this idempotency key; the letter's lock keeps out concurrent requests. Raises
    CannotDeliver if it was undone.
    """
    first = db.session.scalar(select(Delivery).where(Delivery.request_key == key)) if key else None
    if first is not None and first.taken_back_at is not None:
        raise CannotDeliver("This delivery was recorded and has since been taken back. To deliver the edition, begin again.")
    return first


def _send(delivery: Delivery, handover: Handover, letter: Letter, at: dt.datetime) -> dict[str, Any]:
    """Queue the email with the file, attached if it fits the mailbox's limit; return what the audit log stores of it. Raises
    CannotMail.
    """
    how = {HOW: str(brought_as(attached_size(delivery.edition_id), handover.limit))}
    facts = {"delivery_id": delivery.id} | how
    line = post(MailKind.DELIVERY, handover.address, facts, at=at, coalition_id=letter.coalition_id, letter_id=letter.id)
    db.session.flush()
    delivery.outbox_id, delivery.mail_limit = line.id, handover.limit
    return how | {"mail_limit": handover.limit}


def _send_copies(edition: Edition, letter: Letter, at: dt.datetime) -> int:
    """Queue an email to each signatory of the edition who has not been sent one about it; return how many."""
    whom = copies_due(edition.id)
    copies = Copies(len(whom), attached_size(edition.id))
    facts = {"edition_id": edition.id, HOW: str(copies.brought)}
    addressed = (Addressed(*one, due_at=at + copies.leaves(place)) for place, one in enumerate(whom))
    post_each(MailKind.COPY, addressed, facts, at=at, coalition_id=letter.coalition_id, letter_id=letter.id)
    return len(whom)


def _cancel_mails(delivery: Delivery, letter: Letter, at: dt.datetime) -> None:
    """Cancel unsent mails: the file, and the copies if no other delivery of the edition covers them."""
    _cancel(at, OutboxLine.id == delivery.outbox_id)
    if all(one.edition_id != delivery.edition_id for one in standing_deliveries(letter.id)):
        of_edition = OutboxLine.facts["edition_id"].as_integer() == delivery.edition_id
        _cancel(at, OutboxLine.letter_id == letter.id, OutboxLine.kind == MailKind.COPY, of_edition)


def _cancel(at: dt.datetime, *meant: ColumnElement[bool]) -> None:
    """Cancel all matching rows in one UPDATE; loaded objects are not refreshed, as none is read before the commit."""
    held = {"cancelled_at": at, "lease_until": None, "error": "Not sent: the delivery was taken back."}
    lines = update(OutboxLine).where(WAITING, *meant).values(held)
    db.session.execute(lines, execution_options={"synchronize_session": False})


def _told(handover: Handover) -> dict[str, Any]:
    """Return a delivery's facts for the audit log, without empty ones."""
    told = {
        "delivered_to": handover.recipient,
        "way": str(handover.way),
        "delivered_at": handover.delivered_at.isoformat(),
        "receipt": handover.receipt,
    }
    return {name: value for name, value in told.items() if value}


def _remember(letter_id: int, edition: Edition, action: str, told: dict[str, Any], actor: str, at: dt.datetime) -> None:
    subject = Reference.EDITION.to(edition.number)
    remember(db.session(), Reference.LETTER.to(letter_id), actor, action, at=at, subject=subject, after=told)
