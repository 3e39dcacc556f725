"""Deliveries of a token's coalition: those recorded, and new ones that were made."""

import datetime as dt
from typing import Annotated, Literal

from flask import abort, request
from flask_babel import gettext as _
from msgspec import Meta, convert
from werkzeug.datastructures import MultiDict

from letterhub.clock import now
from letterhub.commands.editions.deliveries import deliver
from letterhub.domain.accounts.api_tokens import ApiScope
from letterhub.domain.editions.deliveries import MAX_RECIPIENTS, RECEIPT_LENGTH, RECIPIENT_LENGTH, DeliveryMethod
from letterhub.queries.accounts import StaffContext
from letterhub.queries.editions.deliveries import deliveries_of, edition_to_deliver
from letterhub.web.access import get_letter_or_404
from letterhub.web.api.api import Conflict, Input, Struct, checked_form, endpoint
from letterhub.web.staff.editions.delivery_forms import DeliveryForm

Recipient = Annotated[
    str, Meta(max_length=RECIPIENT_LENGTH, pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*\S[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$")
]


class DeliveryAnswer(Struct):
    """Recorded delivery of an edition; `undone_at` is set if it was recorded by mistake."""

    id: int
    number: int
    recipient: str
    method: DeliveryMethod
    delivered_at: dt.datetime
    receipt: str
    recorded_at: dt.datetime
    recorded_by: str
    undone_at: dt.datetime | None
    undo_reason: str


class NewDelivery(Input):
    """Delivery that was made. `day` and `time` (“14:30”) are those of the letter's time zone, its `deadline_zone`. With
    `copies`, each signatory with a known address is emailed a copy."""

    recipients: Annotated[tuple[Recipient, ...], Meta(min_length=1, max_length=MAX_RECIPIENTS)]
    method: Literal["email", "hand", "portal", "post"]
    day: dt.date
    time: Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    receipt: Annotated[str, Meta(max_length=RECEIPT_LENGTH)] = ""
    copies: bool = False


class RecordedDelivery(Struct):
    """Number of the delivered edition, and of the signatories who are sent a copy."""

    number: int
    copies: int


@endpoint("GET", "/letters/<slug>/deliveries", scope=ApiScope.READ_EDITIONS)
def deliveries(caller: StaffContext, slug: str) -> tuple[DeliveryAnswer, ...]:
    """The recorded deliveries of a letter, newest first."""
    found = deliveries_of(get_letter_or_404(caller, slug).letter_id)
    return convert(found, tuple[DeliveryAnswer, ...], from_attributes=True)


@endpoint("POST", "/letters/<slug>/editions/<int:number>/deliveries", scope=ApiScope.WRITE_DELIVERIES, status=201)
def record_delivery(caller: StaffContext, slug: str, number: int, body: NewDelivery) -> RecordedDelivery:
    """Record that an edition was delivered outside Letterhub, once to each recipient: the letter is delivered then. An edition
    of which parts no longer hold is refused: staff read on its page what changed."""
    header = get_letter_or_404(caller, slug)
    edition = edition_to_deliver(header.letter_id, number) or abort(404)
    if edition.validity_hash:
        raise Conflict(
            _("Parts of this edition no longer hold. Freeze a new one, or deliver it on its page, which says what changed.")
        )
    sent = MultiDict({
        "recipients": "\n".join(body.recipients), "method": body.method, "day": body.day.isoformat(), "time": body.time,
        "receipt": body.receipt, "form_token": f"{caller.actor} {request.headers['Idempotency-Key']}",
    })  # fmt: skip
    if body.copies:
        sent["copies"] = "y"
    handover = checked_form(DeliveryForm, sent).to_delivery_request(header.deadline_zone)
    copies = deliver(edition.id, handover, actor=caller.actor, staff_id=caller.staff_id, at=now())
    return RecordedDelivery(number=number, copies=copies)
