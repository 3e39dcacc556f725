"""Partners who recruit signers, each with a link of its own, and what came by their links."""

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from letterhub.clock import now
from letterhub.commands.invitations.partners import add_partner, remove_partner
from letterhub.domain.accounts.roles import Role
from letterhub.queries.accounts import StaffContext
from letterhub.queries.invitations.partners import letter_sources
from letterhub.web.access import get_letter_or_404, redirect_to, staff_only
from letterhub.web.forms import CommandForm, clean_line

bp = Blueprint("partners", __name__)


class PartnerForm(CommandForm):
    """Form for a partner's name."""

    name = StringField(
        _l("Partner"), filters=[clean_line], validators=[DataRequired(_l("Enter the partner’s name.")), Length(max=200)]
    )


@bp.get("")
@staff_only(Role.REVIEWER)
def index(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Show what came by each partner's link."""
    return _render_page(staff, slug, PartnerForm(formdata=None))


@bp.post("")
@staff_only(Role.ORGANIZER)
def create(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Add a partner with a link of its own."""
    header, form = get_letter_or_404(staff, slug), PartnerForm()
    if form.validate():
        with form.showing_errors():
            add_partner(header.letter_id, form.name.data, staff_id=staff.staff_id, actor=staff.actor, at=now())
            flash(_("%(name)s has a link now.", name=form.name.data), "good")
            return redirect_to(staff, ".index", slug=slug)
    return _render_page(staff, slug, form), 422


@bp.post("/<int:partner_id>/remove")
@staff_only(Role.ORGANIZER)
def delete(staff: StaffContext, slug: str, partner_id: int) -> ResponseReturnValue:
    """Remove a partner."""
    remove_partner(get_letter_or_404(staff, slug).letter_id, partner_id, actor=staff.actor, at=now())
    flash(_("The partner was removed. Its page no longer works."), "good")
    return redirect_to(staff, ".index", slug=slug)


def _render_page(staff: StaffContext, slug: str, form: PartnerForm) -> str:
    header = get_letter_or_404(staff, slug)
    return render_template(
        "staff/invitations/partners.html", staff=staff, header=header, tab="invitations", form=form,
        sources=letter_sources(header.letter_id), may_invite=staff.role.covers(Role.ORGANIZER),
    )  # fmt: skip
