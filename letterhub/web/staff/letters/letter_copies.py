"""Copy of a letter: one small form, reached from the letter and from the dashboard."""

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField
from wtforms.validators import DataRequired

from letterhub.clock import now
from letterhub.commands.letters.letter_copies import LetterCopy, copy_letter
from letterhub.domain.accounts.roles import Role
from letterhub.domain.letters.letter_copies import CopiedInvitees
from letterhub.domain.operations.coalition_invitations import ClosedToLetters
from letterhub.queries.accounts import StaffContext
from letterhub.queries.letters.letter_copies import count_invitations_to_copy
from letterhub.queries.letters.letter_header import LetterHeader
from letterhub.web.access import get_letter_or_404, redirect_to, staff_only
from letterhub.web.forms import new_idempotency_key, select_choices
from letterhub.web.staff.letters.letter_forms import line_field

bp = Blueprint("letter_copies", __name__)


class CopyForm(FlaskForm):  # type: ignore[misc]
    """Form for a copy of a letter. `form_token` is its idempotency key."""

    title = line_field(_l("Title of the copy"), DataRequired(_l("Enter a title. You can change it until the letter opens.")))
    invitees = RadioField(
        _l("Invitations"),
        default=CopiedInvitees.NOBODY,
        coerce=str,
        choices=select_choices(
            {
                CopiedInvitees.NOBODY: _l("Start without invitations"),
                CopiedInvitees.SAME: _l("Ask the same organizations again"),
            }
        ),
    )
    form_token = HiddenField(default=new_idempotency_key)


@bp.route("/copy", methods=["GET", "POST"])
@staff_only(Role.ORGANIZER)
def create(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Ask for the title and whom to ask again; then create the copy, once per form, and go on writing it."""
    header = get_letter_or_404(staff, slug)
    form = CopyForm(data={"title": header.title})
    if not form.validate_on_submit():
        return _render_page(staff, header, form), 422 if form.errors else 200
    try:
        copy = copy_letter(
            header.letter_id, form.title.data, CopiedInvitees(form.invitees.data), actor=staff.actor, staff_id=staff.staff_id,
            at=now(), form_token=form.form_token.data or "",
        )  # fmt: skip
    except ClosedToLetters as refusal:
        form.title.errors = [str(refusal)]
        return _render_page(staff, header, form), 409
    flash(_copied_sentence(copy), "good")
    return redirect_to(staff, "editor.edit", slug=copy.slug)


def _render_page(staff: StaffContext, header: LetterHeader, form: CopyForm) -> str:
    invitation_count = count_invitations_to_copy(header.letter_id)
    return render_template("staff/letters/copy.html", staff=staff, header=header, form=form, invitation_count=invitation_count)


def _copied_sentence(copy: LetterCopy) -> str:
    copied = _("This is the copy, a draft. Its date and deadline are empty: set them before you open it.")
    if not copy.invitation_count:
        return str(copied)
    invited = ngettext(
        "One organization will be invited by email when the letter opens.",
        "%(num)s organizations will be invited by email when the letter opens.",
        copy.invitation_count,
    )
    return f"{copied} {invited}"
