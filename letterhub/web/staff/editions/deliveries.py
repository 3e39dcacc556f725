"""Deliveries that staff made: the form, the page that asks before recording, and taking a record back."""

from flask import Blueprint, abort, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from letterhub.clock import now
from letterhub.commands.editions.deliveries import deliver, undo_delivery
from letterhub.domain.accounts.roles import Role
from letterhub.domain.editions.deliveries import (
    UNDO_PERIOD,
    CopyBatch,
    DeliveryRequest,
    check_deliverable,
    check_delivery_time,
    check_errata_version,
)
from letterhub.domain.errors import UserFacingError
from letterhub.queries.accounts import StaffContext
from letterhub.queries.editions.deliveries import EditionToDeliver, delivery_of, edition_to_deliver
from letterhub.queries.editions.recipient_profiles import edition_checks
from letterhub.queries.letters.letter_header import LetterHeader
from letterhub.web.access import get_letter_or_404, redirect_to, staff_only
from letterhub.web.forms import new_idempotency_key
from letterhub.web.staff.editions.chosen_recipients import choosing
from letterhub.web.staff.editions.delivery_forms import (
    DELIVERY_METHODS,
    DeliveryForm,
    RevokeDeliveryForm,
    prefilled_delivery_form,
)

bp = Blueprint("deliveries", __name__)


@bp.get("/<int:number>/deliver")
@staff_only(Role.ORGANIZER)
def new(staff: StaffContext, slug: str, number: int) -> ResponseReturnValue:
    """Show the form: to whom the edition goes, and how."""
    header, edition = _edition_or_404(staff, slug, number)
    try:
        check_deliverable(header.state, edition.file_states)
    except UserFacingError as refusal:
        flash(str(refusal), "stop")
        return redirect_to(staff, "editions.index", slug=slug)
    form = prefilled_delivery_form(edition.addressees, header.deadline_zone, now())
    return _render_page(staff, header, edition, form)


@bp.post("/<int:number>/deliver")
@staff_only(Role.ORGANIZER)
def create(staff: StaffContext, slug: str, number: int) -> ResponseReturnValue:
    """Show what will happen; when that page is confirmed, record the delivery and queue the copies."""
    (header, edition), form = _edition_or_404(staff, slug, number), DeliveryForm()
    if not form.validate():
        return _render_page(staff, header, edition, form), 422
    try:
        delivery_request = form.to_delivery_request(header.deadline_zone)
        if not delivery_request.form_token:
            return _render_page(staff, header, edition, form, **_confirmation(delivery_request, edition))
        copies = deliver(edition.id, delivery_request, actor=staff.actor, staff_id=staff.staff_id, at=now())
    except UserFacingError as refusal:
        form.add_error(refusal)
        return _render_page(staff, header, edition, form), 422
    flash(_("The delivery of edition %(number)s was recorded.", number=number), "good")
    if copies:
        flash(
            ngettext("One signatory is being sent a copy.", "%(num)s signatories are being sent their copies.", copies), "good"
        )
    return redirect_to(staff, "editions.index", slug=slug)


@bp.get("/deliveries/<int:delivery_id>/revoke")
@staff_only(Role.ORGANIZER)
def confirm_revoke(staff: StaffContext, slug: str, delivery_id: int) -> ResponseReturnValue:
    """Show what taking a delivery back means, and ask for a reason."""
    return _render_revoke_page(staff, slug, delivery_id, RevokeDeliveryForm(formdata=None))


@bp.post("/deliveries/<int:delivery_id>/revoke")
@staff_only(Role.ORGANIZER)
def revoke(staff: StaffContext, slug: str, delivery_id: int) -> ResponseReturnValue:
    """Record that the delivery was recorded by mistake."""
    header, form = get_letter_or_404(staff, slug), RevokeDeliveryForm()
    if delivery_of(header.letter_id, delivery_id) is None:
        abort(404)
    if form.validate():
        with form.showing_errors():
            undo_delivery(delivery_id, form.reason.data, actor=staff.actor, at=now())
            flash(_("The delivery was taken back."), "good")
            return redirect_to(staff, "editions.index", slug=slug)
    return _render_revoke_page(staff, slug, delivery_id, form), 422


def _confirmation(delivery_request: DeliveryRequest, edition: EditionToDeliver) -> dict[str, object]:
    """Return what the page that asks for confirmation shows, with the largest total size of the emails in bytes.

    Raises UserFacingError for what the command would refuse, before anything is asked.
    """
    check_errata_version(delivery_request.errata_version, edition.validity_hash)
    check_delivery_time(delivery_request, edition.frozen_at, now())
    copies = edition.copies if delivery_request.copies else CopyBatch(0, edition.size)
    return {
        "handover": delivery_request, "once": new_idempotency_key(), "copies": copies, "mails": copies.count,
        "weight": copies.total_size,
    }  # fmt: skip


def _edition_or_404(staff: StaffContext, slug: str, number: int) -> tuple[LetterHeader, EditionToDeliver]:
    header = get_letter_or_404(staff, slug)
    return header, edition_to_deliver(header.letter_id, number) or abort(404)


def _render_page(
    staff: StaffContext, header: LetterHeader, edition: EditionToDeliver, form: DeliveryForm, **confirmation: object
) -> str:
    """Render the form, or with the values of `_confirmation` the page that asks for confirmation."""
    return render_template(
        "staff/editions/confirm.html" if confirmation else "staff/editions/deliver.html",
        staff=staff, header=header, tab="editions", edition=edition, form=form, ways=DELIVERY_METHODS,
        days=UNDO_PERIOD.days, checks=edition_checks(edition.id, staff.coalition_id),
        choosing=choosing(staff, header.letter_id), **confirmation,
    )  # fmt: skip


def _render_revoke_page(staff: StaffContext, slug: str, number: int, form: RevokeDeliveryForm) -> str:
    """Render the page that asks why a delivery is taken back."""
    header = get_letter_or_404(staff, slug)
    delivery = delivery_of(header.letter_id, number) or abort(404)
    return render_template(
        "staff/editions/take_back.html",
        staff=staff,
        header=header,
        tab="editions",
        delivery=delivery,
        form=form,
        ways=DELIVERY_METHODS,
    )
