"""Evidence that a signature is real: vouching, asking the organization at another address, and the consent given."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from letterhub.clock import now
from letterhub.commands.signatures.inquiries import send_inquiry
from letterhub.commands.signatures.vouching import SignatureTarget, stop_vouching, vouch_for_signature
from letterhub.domain.accounts.roles import Role
from letterhub.domain.errors import UserFacingError
from letterhub.domain.signatures.inquiries import UnrelatedDomain
from letterhub.queries.accounts.staff import StaffContext
from letterhub.queries.letters.header import LetterHeader
from letterhub.queries.signatures.evidence import consents_of
from letterhub.queries.signatures.review import SignatureDetails, signature_details
from letterhub.web.access import staff_only
from letterhub.web.staff.letters.header import get_letter_or_404
from letterhub.web.staff.signatures.evidence_forms import InquiryForm, VouchForSignatureForm

bp = Blueprint("evidence", __name__)


@bp.post("/<int:number>/vouch")
@staff_only(Role.REVIEWER)
def vouch(desk: StaffContext, slug: str, number: int) -> ResponseReturnValue:
    """Record that the current user vouches for the signature, with a reason."""
    _signature_or_404(get_letter_or_404(desk, slug), number)
    form = VouchForSignatureForm()
    if not form.validate_on_submit():
        flash(_("Say in a few words how you know. The reason stays with the name."), "stop")
        return _redirect_to_signature(desk, slug, number)
    try:
        vouch_for_signature(_target(desk, number, form.seen.data), form.reason.data)
        flash(_("You vouch for this name. It says so wherever staff see it."), "good")
    except UserFacingError as refusal:
        flash(str(refusal), "stop")
    return _redirect_to_signature(desk, slug, number)


@bp.post("/<int:number>/vouch/end")
@staff_only(Role.REVIEWER)
def end_vouch(desk: StaffContext, slug: str, number: int) -> ResponseReturnValue:
    """End the vouching for the signature."""
    _signature_or_404(get_letter_or_404(desk, slug), number)
    try:
        stop_vouching(_target(desk, number))
        flash(_("Nobody vouches for this name any more."), "good")
    except UserFacingError as refusal:
        flash(str(refusal), "stop")
    return _redirect_to_signature(desk, slug, number)


@bp.route("/<int:number>/ask", methods=["GET", "POST"])
@staff_only(Role.REVIEWER)
def ask(desk: StaffContext, slug: str, number: int) -> ResponseReturnValue:
    """Ask the organization at another address. A warning about its domain can be overridden."""
    room = get_letter_or_404(desk, slug)
    shown = _signature_or_404(room, number)
    form, warned = InquiryForm(), "sure" in request.form
    if request.method == "GET":
        form.seen.data = shown.mark
    elif form.validate():
        try:
            signature_target = _target(desk, number, form.seen.data)
            send_inquiry(signature_target, form.address.data, form.published.data, staff_id=desk.staff_id, sure=form.sure.data)
            flash(_("We are asking %(address)s. The answer will appear here.", address=form.address.data), "good")
            return _redirect_to_signature(desk, slug, number)
        except UserFacingError as refusal:
            form.refuse(refusal)
            warned = isinstance(refusal, UnrelatedDomain)
            form.seen.data = _signature_or_404(room, number).mark
    page = render_template(
        "staff/signatures/inquiry.html", desk=desk, room=room, tab="names", name=shown, form=form, warned=warned
    )
    return page, 422 if form.errors else 200


@bp.get("/<int:number>/consent")
@staff_only(Role.REVIEWER)
def consent(desk: StaffContext, slug: str, number: int) -> ResponseReturnValue:
    """Show the consent texts that the signatory saw, word for word."""
    room = get_letter_or_404(desk, slug)
    shown = _signature_or_404(room, number)
    return render_template(
        "staff/signatures/consent.html", desk=desk, room=room, tab="names", name=shown, given=consents_of(number)
    )


def _signature_or_404(room: LetterHeader, number: int) -> SignatureDetails:
    return signature_details(room.letter_id, number) or abort(404)


def _target(desk: StaffContext, number: int, seen: str | None = None) -> SignatureTarget:
    return SignatureTarget(desk.coalition_id, number, seen or "", desk.actor, now())


def _redirect_to_signature(desk: StaffContext, slug: str, number: int) -> ResponseReturnValue:
    return redirect(url_for("names.name", coalition=desk.coalition, slug=slug, number=number, _anchor="known"), 303)
