"""Branding page: the look of new letters, the public contact address, and the address of the coalition's page."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField

from letterhub.clock import now
from letterhub.commands.accounts.staff import change_contact, change_slug
from letterhub.commands.letters.branding_defaults import change_branding
from letterhub.domain.accounts.roles import Role
from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.branding import TEXT_CHOICES, BrandingDefaults
from letterhub.domain.mail.outgoing_mail import CannotMail
from letterhub.infrastructure.signed_links import current_settings
from letterhub.queries.accounts import StaffContext
from letterhub.queries.letters.branding import branding_defaults, contact_address
from letterhub.queries.letters.public_lists import has_public_page
from letterhub.web.access import redirect_to, staff_only
from letterhub.web.forms import CommandForm, clean_line
from letterhub.web.staff.letters.branding_fields import BrandingFields
from letterhub.web.staff.letters.layout_fields import LayoutFields
from letterhub.web.staff.letters.letter_forms import lines_field, non_empty_lines

bp = Blueprint("branding", __name__)


class BrandingForm(BrandingFields, LayoutFields, FlaskForm):  # type: ignore[misc]
    """Form for the branding of new letters."""

    lines = lines_field(_l("Lines under the coalition’s name"))

    def to_branding(self, name: str) -> BrandingDefaults:
        """Return the branding as a value."""
        return BrandingDefaults(
            name=name,
            lines=non_empty_lines(self.lines.data),
            theme=self.theme.data,
            face=self.face.data,
            accent=self.accent.data,
            paper=self.paper.data,
            **self.layout_choices(),
        )


class ContactForm(FlaskForm):  # type: ignore[misc]
    """Form for the coalition's public contact address."""

    contact_email = StringField(_l("Public email address"), filters=[clean_line])


class AddressForm(CommandForm):
    """Form for the last part of the coalition's addresses."""

    slug = StringField(_l("Web address"), filters=[clean_line])


@bp.get("/branding")
@staff_only(Role.ORGANIZER)
def edit(staff: StaffContext) -> ResponseReturnValue:
    """Show the branding."""
    return _render_page(staff)


@bp.post("/branding")
@staff_only(Role.ORGANIZER)
def update(staff: StaffContext) -> ResponseReturnValue:
    """Save the branding of letters that are created from now on."""
    form = BrandingForm()
    if not form.validate_on_submit():
        return _render_page(staff, form), 422
    change_branding(staff.coalition_id, form.to_branding(staff.coalition_name), actor=staff.actor, at=now())
    flash(_("Saved. New letters will look like this; the others stay as they are."), "good")
    return redirect_to(staff, ".edit")


@bp.post("/branding/contact")
@staff_only(Role.ORGANIZER)
def update_contact(staff: StaffContext) -> ResponseReturnValue:
    """Save the contact address, which every letter shows at once."""
    form = ContactForm()
    try:
        change_contact(staff.coalition_id, form.contact_email.data, actor=staff.actor, at=now())
    except CannotMail as refusal:
        form.contact_email.errors = [str(refusal)]
        return _render_page(staff, writing=form), 422
    flash(_("Saved. Every letter shows this address."), "good")
    return redirect_to(staff, ".edit")


@bp.post("/branding/address")
@staff_only(Role.OWNER)
def update_address(staff: StaffContext) -> ResponseReturnValue:
    """Move the coalition's pages to another address; its former ones lead there."""
    form = AddressForm()
    try:
        change_slug(staff.coalition_id, form.slug.data, actor=staff.actor, at=now())
    except UserFacingError as refusal:
        form.add_error(refusal)
        return _render_page(staff, address=form), 422
    flash(_("Saved. The former address leads to the new one."), "good")
    return redirect(url_for(".edit", coalition=form.slug.data), 303)


def _render_page(
    staff: StaffContext,
    form: BrandingForm | None = None,
    writing: ContactForm | None = None,
    address: AddressForm | None = None,
) -> str:
    """Render the page with its forms. A form that is passed shows its rejected input, the others the saved values."""
    if form is None:
        defaults = branding_defaults(staff.coalition_id)
        data: dict[str, Any] = {name: getattr(defaults, name) for name in TEXT_CHOICES}
        form = BrandingForm(formdata=None, data={**data, "lines": "\n".join(defaults.lines)})
    return render_template(
        "staff/letters/branding.html", staff=staff, form=form,
        writing=writing or ContactForm(formdata=None, data={"contact_email": contact_address(staff.coalition_id)}),
        address=address or AddressForm(formdata=None, data={"slug": staff.coalition_slug}),
        public_url=current_settings().public_url, is_owner=staff.role.covers(Role.OWNER),
        is_public=has_public_page(staff.coalition_id),
    )  # fmt: skip
