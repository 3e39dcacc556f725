"""Delivery of an edition: the form, the page that asks before recording, and taking a record back."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from letterhub.clock import now
from letterhub.commands.editions.deliveries import deliver, take_back_delivery
from letterhub.domain.accounts.roles import Role
from letterhub.domain.editions.attachment_policy import USUAL_LIMIT, Copies, brought_as, size_brought
from letterhub.domain.editions.deliveries import UNDONE_WITHIN, Handover, Way, check_deliverable, check_handover, check_known
from letterhub.domain.errors import Refused
from letterhub.domain.mail.outgoing_mail import CannotMail
from letterhub.domain.operations.heartbeat import HOLDS_UP_MAIL
from letterhub.mail.outbox import one_address
from letterhub.queries.accounts.staff import Desk
from letterhub.queries.editions.deliveries import EditionToDeliver, delivery_of, edition_to_deliver, limit_of
from letterhub.queries.letters.header import Room
from letterhub.queries.operations.readiness import parts_silent
from letterhub.web.access import staff_only
from letterhub.web.forms import new_word
from letterhub.web.staff.editions.delivery_forms import WAYS, DeliveryForm, TakeBackForm, delivery_form_of
from letterhub.web.staff.letters.header import enter

pages = Blueprint("deliveries", __name__)


@pages.get("/<int:number>/deliver")
@staff_only(Role.ORGANIZER)
def ask(desk: Desk, slug: str, number: int) -> ResponseReturnValue:
    """Show the form: to whom the edition goes, and how."""
    room, edition = _edition(desk, slug, number)
    try:
        check_deliverable(room.state, edition.files)
    except Refused as refusal:
        flash(str(refusal), "stop")
        return _back(desk, slug)
    form = delivery_form_of(", ".join(edition.addressees), room.deadline_zone, now())
    return _page(desk, room, edition, form)


@pages.post("/<int:number>/deliver")
@staff_only(Role.ORGANIZER)
def record(desk: Desk, slug: str, number: int) -> ResponseReturnValue:
    """Show what will happen; when that page is confirmed, record the delivery and queue its emails."""
    (room, edition), form = _edition(desk, slug, number), DeliveryForm()
    if not form.validate():
        return _page(desk, room, edition, form), 422
    try:
        handover = form.as_handover(room.deadline_zone, now(), limit_of(desk.coalition_id, form.address.data or ""))
        if not handover.once:
            _check(handover, edition)
            return _page(desk, room, edition, form, handover=handover, once=new_word(), **_mails(handover, edition))
        copies = deliver(edition.id, handover, actor=desk.actor, staff_id=desk.staff_id, at=now())
    except Refused as refusal:
        form.refuse(refusal)
        return _page(desk, room, edition, form), 422
    flash(_("The delivery of edition %(number)s is recorded.", number=number), "good")
    if copies:
        flash(ngettext("One signatory is sent a copy.", "%(num)s signatories are sent their copies.", copies), "good")
    return _back(desk, slug)


@pages.get("/deliveries/<int:delivery>/take-back")
@staff_only(Role.ORGANIZER)
def ask_to_take_back(desk: Desk, slug: str, delivery: int) -> ResponseReturnValue:
    """Show what taking a delivery back means, and ask for a reason."""
    return _taking_back(desk, slug, delivery, TakeBackForm(formdata=None))


@pages.post("/deliveries/<int:delivery>/take-back")
@staff_only(Role.ORGANIZER)
def take_back(desk: Desk, slug: str, delivery: int) -> ResponseReturnValue:
    """Record that the delivery was recorded by mistake."""
    room, form = enter(desk, slug), TakeBackForm()
    if delivery_of(room.letter_id, delivery) is None:
        abort(404)
    if form.validate():
        try:
            take_back_delivery(delivery, form.reason.data, actor=desk.actor, at=now())
            flash(_("The delivery is taken back."), "good")
            return _back(desk, slug)
        except Refused as refusal:
            form.refuse(refusal)
    return _taking_back(desk, slug, delivery, form), 422


def _check(handover: Handover, edition: EditionToDeliver) -> None:
    """Raise Refused for what the command would refuse, before anything is asked."""
    check_known(handover.known, edition.mark)
    check_handover(handover, edition.as_of, now())
    if handover.way is Way.LETTERHUB:
        try:
            one_address(handover.address)
        except CannotMail as refusal:
            raise Refused(str(refusal), "address") from refusal


def _mails(handover: Handover, edition: EditionToDeliver) -> dict[str, object]:
    """Return how the file is sent, the number of emails, and their largest total size in bytes."""
    brought = brought_as(edition.size, handover.limit) if handover.way is Way.LETTERHUB else None
    copies = edition.copies if handover.copies else Copies(0, edition.size)
    weight = copies.together + (size_brought(edition.size, brought) if brought else 0)
    return {"brought": brought, "copies": copies, "mails": copies.count + bool(brought), "weight": weight}


def _edition(desk: Desk, slug: str, number: int) -> tuple[Room, EditionToDeliver]:
    room = enter(desk, slug)
    return room, edition_to_deliver(room.letter_id, number) or abort(404)


def _page(desk: Desk, room: Room, edition: EditionToDeliver, form: DeliveryForm, **asked: object) -> str:
    """Render the form, or with a `handover` the page that asks for confirmation."""
    return render_template(
        "staff/editions/confirm.html" if asked else "staff/editions/deliver.html",
        desk=desk, room=room, tab="editions", edition=edition, form=form, ways=WAYS,
        usual=USUAL_LIMIT, days=UNDONE_WITHIN.days, stuck=bool(asked) and not HOLDS_UP_MAIL.isdisjoint(parts_silent()), **asked,
    )  # fmt: skip


def _taking_back(desk: Desk, slug: str, number: int, form: TakeBackForm) -> str:
    room = enter(desk, slug)
    delivery = delivery_of(room.letter_id, number) or abort(404)
    return render_template(
        "staff/editions/take_back.html", desk=desk, room=room, tab="editions", delivery=delivery, form=form, ways=WAYS
    )


def _back(desk: Desk, slug: str) -> ResponseReturnValue:
    return redirect(url_for("editions.listed", coalition=desk.coalition, slug=slug), 303)
