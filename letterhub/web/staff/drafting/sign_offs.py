"""Sign-offs by lead organizations, for staff: who was asked, who agrees to which text, and whether the letter waits for all."""

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField
from wtforms.validators import Length

from letterhub.clock import now
from letterhub.commands.drafting.sign_offs import (
    ask_for_sign_off,
    ask_for_sign_off_again,
    require_sign_offs,
    withdraw_sign_off_request,
)
from letterhub.domain.accounts.roles import Role
from letterhub.domain.letters.letter_document import Signatory
from letterhub.queries.accounts import StaffContext
from letterhub.queries.drafting.sign_offs import sign_off_list
from letterhub.web.access import flash_errors, get_letter_or_404, redirect_to, staff_only
from letterhub.web.forms import CommandForm, Required, clean_line, deliverable_address, line

bp = Blueprint("sign_offs", __name__)
MAX_LINE = 200


class SignOffRequestForm(CommandForm):
    """Form for whom to ask: organization and person as they will sign, and the mailbox."""

    signatory_kind = None
    organization = line(_l("Organization"), Required(_l("Enter the organization’s name.")), Length(max=MAX_LINE))
    person = line(_l("Person"), Required(_l("Enter who decides for the organization.")), Length(max=MAX_LINE))
    title = line(_l("Title"), Length(max=MAX_LINE))
    email = StringField(_l("Email"), filters=(clean_line,), validators=(deliverable_address,))


class RequirementForm(CommandForm):
    """Form with the box by which a letter waits for all leads."""

    required = BooleanField(_l("Open only when all of them agree to the text"))


@bp.get("")
@staff_only(Role.ORGANIZER)
def index(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """List who was asked, and what each agreed to."""
    return _render_page(staff, slug, SignOffRequestForm(formdata=None))


@bp.post("")
@staff_only(Role.ORGANIZER)
def create(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Ask a lead organization to agree to the text."""
    header, form = get_letter_or_404(staff, slug), SignOffRequestForm()
    if form.validate():
        with form.showing_errors():
            ask_for_sign_off(
                header.letter_id, Signatory(form.organization.data, form.person.data, form.title.data), form.email.data,
                staff_id=staff.staff_id, actor=staff.actor, at=now(),
            )  # fmt: skip
            flash(_("%(name)s is asked by email.", name=form.organization.data), "good")
            return redirect_to(staff, ".index", slug=slug)
    return _render_page(staff, slug, form), 422


@bp.post("/<int:sign_off_id>")
@staff_only(Role.ORGANIZER)
def ask_again(staff: StaffContext, slug: str, sign_off_id: int) -> ResponseReturnValue:
    """Email a lead organization again."""
    with flash_errors():
        letter_id = get_letter_or_404(staff, slug).letter_id
        ask_for_sign_off_again(letter_id, sign_off_id, staff_id=staff.staff_id, actor=staff.actor, at=now())
        flash(_("Asked again by email."), "good")
    return redirect_to(staff, ".index", slug=slug)


@bp.post("/<int:sign_off_id>/withdraw")
@staff_only(Role.ORGANIZER)
def delete(staff: StaffContext, slug: str, sign_off_id: int) -> ResponseReturnValue:
    """Withdraw a request: its link ends, and what was agreed no longer counts."""
    with flash_errors():
        letter_id = get_letter_or_404(staff, slug).letter_id
        withdraw_sign_off_request(letter_id, sign_off_id, actor=staff.actor, at=now())
        flash(_("The request is withdrawn, and its link no longer works."), "good")
    return redirect_to(staff, ".index", slug=slug)


@bp.post("/required")
@staff_only(Role.ORGANIZER)
def update(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Set whether the letter waits for all leads."""
    with flash_errors():
        letter_id = get_letter_or_404(staff, slug).letter_id
        require_sign_offs(letter_id, required=bool(RequirementForm().required.data), actor=staff.actor, at=now())
        flash(_("Saved."), "good")
    return redirect_to(staff, ".index", slug=slug)


def _render_page(staff: StaffContext, slug: str, form: SignOffRequestForm) -> str:
    """Render the list; `form` may hold rejected input."""
    header = get_letter_or_404(staff, slug)
    sign_offs = sign_off_list(header.letter_id, now())
    requirement = RequirementForm(formdata=None, data={"required": sign_offs.is_required})
    return render_template(
        "staff/drafting/sign_offs.html", staff=staff, header=header, sign_offs=sign_offs, form=form, requirement=requirement
    )
