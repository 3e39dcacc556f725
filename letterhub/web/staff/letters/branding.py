"""Branding page: letterhead lines, theme, typeface, color and paper of new letters, and the public contact address."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField

from letterhub.clock import now
from letterhub.commands.letters.branding import change_branding, change_contact
from letterhub.domain.accounts.roles import Role
from letterhub.domain.letters.branding import BrandingDefaults
from letterhub.domain.letters.document import PaperSize, Theme, Typeface
from letterhub.domain.mail.outgoing_mail import CannotMail
from letterhub.queries.accounts.staff import StaffContext
from letterhub.queries.letters.branding import branding_defaults, contact_address
from letterhub.web.access import staff_only
from letterhub.web.forms import clean_line
from letterhub.web.staff.letters.branding_forms import BrandingFields
from letterhub.web.staff.letters.letter_forms import lines_field, non_empty_lines

bp = Blueprint("looks", __name__)


class BrandingForm(BrandingFields, FlaskForm):  # type: ignore[misc]
    """Form for the branding of new letters."""

    lines = lines_field(_l("Lines under the coalition’s name"))

    def to_branding(self, name: str) -> BrandingDefaults:
        """Return the branding as a value."""
        return BrandingDefaults(
            name=name,
            lines=non_empty_lines(self.lines.data),
            theme=Theme(self.theme.data),
            face=Typeface(self.face.data),
            accent=self.accent.data,
            paper=PaperSize(self.paper.data),
        )


class ContactForm(FlaskForm):  # type: ignore[misc]
    """Form for the coalition's public contact address."""

    contact = StringField(_l("Public email address"), filters=[clean_line])


@bp.get("/look")
@staff_only(Role.ORGANIZER)
def look(desk: StaffContext) -> ResponseReturnValue:
    """Show the branding."""
    return _render_page(desk)


@bp.post("/look")
@staff_only(Role.ORGANIZER)
def change(desk: StaffContext) -> ResponseReturnValue:
    """Save the branding of letters that are created from now on."""
    form = BrandingForm()
    if not form.validate_on_submit():
        return _render_page(desk, form), 422
    change_branding(desk.coalition_id, form.to_branding(desk.name), actor=desk.actor, at=now())
    flash(_("Saved. Letters begun from now on look like this; the others stay as they are."), "good")
    return redirect(url_for(".look", coalition=desk.coalition), 303)


@bp.post("/contact")
@staff_only(Role.ORGANIZER)
def contact(desk: StaffContext) -> ResponseReturnValue:
    """Save the contact address, which every letter shows at once."""
    form = ContactForm()
    try:
        change_contact(desk.coalition_id, form.contact.data, actor=desk.actor, at=now())
    except CannotMail as refusal:
        form.contact.errors = [str(refusal)]
        return _render_page(desk, writing=form), 422
    flash(_("Saved. Every letter shows it."), "good")
    return redirect(url_for(".look", coalition=desk.coalition), 303)


def _render_page(desk: StaffContext, form: BrandingForm | None = None, writing: ContactForm | None = None) -> str:
    return render_template(
        "staff/letters/branding.html", desk=desk, form=form or _current_branding_form(desk),
        writing=writing or ContactForm(formdata=None, data={"contact": contact_address(desk.coalition_id)}),
    )  # fmt: skip


def _current_branding_form(desk: StaffContext) -> BrandingForm:
    house = branding_defaults(desk.coalition_id)
    chosen: dict[str, Any] = {name: getattr(house, name) for name in ("theme", "face", "accent", "paper")}
    return BrandingForm(formdata=None, data={**chosen, "lines": "\n".join(house.lines)})
