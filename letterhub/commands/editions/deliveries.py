"""Deliveries of a finished edition that staff made themselves: recorded, and taken back. See docs/design/editions.md."""

import datetime as dt

from sqlalchemy import select

from letterhub.commands.editions._delivery_steps import (
    append_delivery_entry,
    facts_of,
    lock_letter,
    mark_delivered,
    queue_copies,
    take_back,
)
from letterhub.domain.abuse.submission_limits import make_idempotency_key
from letterhub.domain.editions.deliveries import (
    CannotDeliver,
    DeliveryRequest,
    check_deliverable,
    check_delivery_time,
    check_errata_version,
)
from letterhub.domain.i18n import _
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Delivery, Edition, EditionFile
from letterhub.queries.editions.deliveries import letter_id_of_edition
from letterhub.queries.editions.errata import edition_validity_hash


@one_transaction
def deliver(edition_id: int, request: DeliveryRequest, *, actor: str, staff_id: int | None, at: dt.datetime) -> int:
    """Record a delivery to each recipient and queue the copies it asks for. The first one makes the letter delivered.

    Return how many signatories are sent a copy; a form sent twice is recorded once, and gets the same number. Raises
    CannotDeliver.
    """
    letter, edition = lock_letter(letter_id_of_edition(edition_id)), db.session.get_one(Edition, edition_id)
    key = make_idempotency_key(request.form_token, edition_id)
    if (existing := _delivery_with_key(key)) is not None:
        return existing.copies
    files = select(EditionFile.state).where(EditionFile.edition_id == edition_id)
    check_deliverable(letter.state, db.session.scalars(files).all())
    check_delivery_time(request, edition.frozen_at, at)
    check_errata_version(request.errata_version, edition_validity_hash(edition_id))
    deliveries = [
        Delivery(
            edition_id=edition_id, recipient=recipient, method=request.method, delivered_at=request.delivered_at,
            time_zone=request.time_zone, receipt=request.receipt, recorded_at=at, recorded_by_id=staff_id, copies=0,
        )
        for recipient in request.recipients
    ]  # fmt: skip
    db.session.add_all(deliveries)
    deliveries[0].idempotency_key = key
    deliveries[0].copies = queue_copies(edition, letter, at) if request.copies else 0
    db.session.flush()
    mark_delivered(letter)
    for delivery in deliveries:
        append_delivery_entry(edition, "delivered", facts_of(delivery), actor, at)
    return deliveries[0].copies


@one_transaction
def undo_delivery(delivery_id: int, reason: str, *, actor: str, at: dt.datetime) -> None:
    """Undo a delivery that was recorded by mistake. If it was the only one, the letter is closed again instead of delivered.

    Raises CannotUndoDelivery.
    """
    edition_id = db.session.scalars(select(Delivery.edition_id).where(Delivery.id == delivery_id)).one()
    letter = lock_letter(letter_id_of_edition(edition_id))
    take_back(db.session.get_one(Delivery, delivery_id, with_for_update=True), letter, reason, actor, at)


def _delivery_with_key(key: str | None) -> Delivery | None:
    """Return the delivery recorded with this idempotency key, if any. Raises CannotDeliver if it was undone.

    The letter's lock keeps out concurrent requests.
    """
    delivery = db.session.scalar(select(Delivery).where(Delivery.idempotency_key == key)) if key else None
    if delivery is not None and delivery.undone_at is not None:
        raise CannotDeliver(_("This delivery was recorded and has since been taken back. To deliver the edition, start again."))
    return delivery
