"""Evidence that a signature is real: vouching, asking the organization at another address, and the consent given."""

from flask import Blueprint, abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import DataRequired, Length

from letterhub.clock import now
from letterhub.commands.signatures.ownership_inquiries import send_inquiry
from letterhub.commands.signatures.vouching import stop_vouching, vouch_for_signature
from letterhub.domain.accounts.roles import Role
from letterhub.domain.errors import UserFacingError
from letterhub.domain.signatures.ownership_inquiries import UnrelatedDomain
from letterhub.domain.signatures.review import SignatureTarget
from letterhub.queries.accounts import StaffContext
from letterhub.queries.letters.letter_header import LetterHeader
from letterhub.queries.signatures.evidence import consents_of
from letterhub.queries.signatures.review import SignatureDetails, signature_details
from letterhub.web.access import flash_errors, get_letter_or_404, redirect_to, staff_only
from letterhub.web.forms import CommandForm, clean_line

bp = Blueprint("evidence", __name__)


class VouchForSignatureForm(FlaskForm):  # type: ignore[misc]
    """Form for the reason of vouching. `expected_version` is the version of the line that the page showed."""

    reason = StringField(
        _l("How did you verify it?"),
        filters=[clean_line],
        validators=[DataRequired(_l("Enter how you verified it.")), Length(max=500)],
        id="vouch-reason",
    )
    expected_version = HiddenField(id="vouch-version")


class InquiryForm(CommandForm):
    """Form for the address to ask and where it is published. `sure` confirms an address at another domain."""

    address = StringField(
        _l("Email address"),
        filters=[clean_line],
        validators=[DataRequired(_l("Enter an address that the organization publishes.")), Length(max=254)],
    )
    address_source = StringField(
        _l("Where is it published?"),
        filters=[clean_line],
        validators=[DataRequired(_l("Enter where you found it, such as the address of the page.")), Length(max=300)],
    )
    sure = BooleanField(_l("The organization itself publishes this address. Ask anyway."))
    expected_version = HiddenField()


@bp.post("/<int:signature_id>/verify")
@staff_only(Role.REVIEWER)
def vouch(staff: StaffContext, slug: str, signature_id: int) -> ResponseReturnValue:
    """Record that the current user vouches for the signature, with a reason."""
    signature_or_404(get_letter_or_404(staff, slug), signature_id)
    form = VouchForSignatureForm()
    if not form.validate_on_submit():
        flash(_("Enter how you verified it. Staff see the reason."), "stop")
        return _redirect_to_signature(staff, slug, signature_id)
    with flash_errors():
        vouch_for_signature(signature_target(staff, signature_id, form.expected_version.data), form.reason.data)
        flash(_("This name is marked as verified."), "good")
    return _redirect_to_signature(staff, slug, signature_id)


@bp.post("/<int:signature_id>/remove-verification")
@staff_only(Role.REVIEWER)
def end_vouch(staff: StaffContext, slug: str, signature_id: int) -> ResponseReturnValue:
    """End the vouching for the signature."""
    signature_or_404(get_letter_or_404(staff, slug), signature_id)
    with flash_errors():
        stop_vouching(signature_target(staff, signature_id))
        flash(_("This name is no longer marked as verified."), "good")
    return _redirect_to_signature(staff, slug, signature_id)


@bp.route("/<int:signature_id>/ask-organization", methods=["GET", "POST"])
@staff_only(Role.REVIEWER)
def ask_organization(staff: StaffContext, slug: str, signature_id: int) -> ResponseReturnValue:
    """Ask the organization at another address. A warning about its domain can be overridden."""
    header = get_letter_or_404(staff, slug)
    signature = signature_or_404(header, signature_id)
    form, warned = InquiryForm(), "sure" in request.form
    if request.method == "GET":
        form.expected_version.data = signature.line_version
    elif form.validate():
        try:
            target = signature_target(staff, signature_id, form.expected_version.data)
            send_inquiry(target, form.address.data, form.address_source.data, staff_id=staff.staff_id, sure=form.sure.data)
            flash(_("We are asking %(address)s. The answer will appear here.", address=form.address.data), "good")
            return _redirect_to_signature(staff, slug, signature_id)
        except UserFacingError as refusal:
            form.add_error(refusal)
            warned = isinstance(refusal, UnrelatedDomain)
            form.expected_version.data = signature_or_404(header, signature_id).line_version
    page = render_template(
        "staff/signatures/inquiry.html", staff=staff, header=header, tab="signatures", name=signature, form=form, warned=warned
    )
    return page, 422 if form.errors else 200


@bp.get("/<int:signature_id>/consent")
@staff_only(Role.REVIEWER)
def consent(staff: StaffContext, slug: str, signature_id: int) -> ResponseReturnValue:
    """Show the consent texts that the signatory saw, word for word."""
    header = get_letter_or_404(staff, slug)
    signature = signature_or_404(header, signature_id)
    return render_template(
        "staff/signatures/consent.html",
        staff=staff,
        header=header,
        tab="signatures",
        name=signature,
        given=consents_of(signature_id),
    )


def signature_or_404(header: LetterHeader, signature_id: int) -> SignatureDetails:
    """Return a signature of a letter; aborts with 404 if there is none."""
    return signature_details(header.letter_id, signature_id) or abort(404)


def signature_target(staff: StaffContext, signature_id: int, expected_version: str | None = None) -> SignatureTarget:
    """Return the name that a form of staff is about; `expected_version` is the version of its line as shown."""
    return SignatureTarget(staff.coalition_id, signature_id, expected_version or "", staff.actor, now())


def _redirect_to_signature(staff: StaffContext, slug: str, signature_id: int) -> ResponseReturnValue:
    return redirect_to(staff, "signatures.detail", slug=slug, signature_id=signature_id, _anchor="known")
