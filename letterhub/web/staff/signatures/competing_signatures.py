"""Page that compares two signatures of one organization with their evidence, to choose the real one."""

from flask import Blueprint, abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from letterhub.clock import now
from letterhub.commands.signatures.review import ReviewSelection, decline_signatures, publish_signatures
from letterhub.domain.accounts.roles import Role
from letterhub.domain.states import SignatureState
from letterhub.queries.accounts import StaffContext
from letterhub.queries.letters.letter_header import LetterHeader
from letterhub.queries.signatures.proof_levels import proofs_by_signature
from letterhub.queries.signatures.review import SignatureDetails, signature_details
from letterhub.web.access import get_letter_or_404, redirect_to, staff_only
from letterhub.web.forms import parse_integer
from letterhub.web.staff.signatures.review import DeclineForm
from letterhub.web.staff.signatures.review_messages import flash_outcome

bp = Blueprint("competing_signatures", __name__)


@bp.route("/<int:signature_id>/compare/<int:other_id>", methods=["GET", "POST"])
@staff_only(Role.REVIEWER)
def compare(staff: StaffContext, slug: str, signature_id: int, other_id: int) -> ResponseReturnValue:
    """Show both signatures; a POST publishes the chosen one and declines the other."""
    header = get_letter_or_404(staff, slug)
    first, second = signature_details(header.letter_id, signature_id), signature_details(header.letter_id, other_id)
    if first is None or second is None or second.id not in {signature.id for signature in first.namesakes}:
        abort(404)
    form = DeclineForm()
    if form.validate_on_submit():
        signature_by_id = {first.id: first, second.id: second}
        if (genuine := signature_by_id.pop(request.form.get("own", 0, parse_integer), None)) is not None:
            (other,) = signature_by_id.values()
            declined = decline_signatures(_selection(staff, header, other), str(form.reason.data), other.state)
            flash_outcome(declined, header, SignatureState.DECLINED)
            if genuine.state is SignatureState.CONFIRMED:
                flash_outcome(publish_signatures(_selection(staff, header, genuine)), header, SignatureState.PUBLISHED)
            return redirect_to(staff, "review.index", slug=slug)
        flash(_("Choose the organization’s own signature."), "stop")
    return render_template(
        "staff/signatures/comparison.html", staff=staff, header=header, tab="review", both=(first, second), form=form,
        proofs=proofs_by_signature([first.id, second.id]),
    ), 422 if request.method == "POST" else 200  # fmt: skip


def _selection(staff: StaffContext, header: LetterHeader, signature: SignatureDetails) -> ReviewSelection:
    """Return one signature as the selection to decide on, with the version of its line that the page showed."""
    line_version = request.form.get(f"line_version-{signature.id}", "")
    return ReviewSelection(
        staff.coalition_id, header.letter_id, (signature.id,), staff.actor, now(), {signature.id: line_version}
    )
