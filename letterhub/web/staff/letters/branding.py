"""Branding page: letterhead lines, theme, typeface, color and paper of new letters, and the public contact address."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField

from letterhub.clock import now
from letterhub.commands.letters.branding import change_contact, change_look
from letterhub.domain.accounts.roles import Role
from letterhub.domain.letters.branding import House
from letterhub.domain.letters.document import Face, Paper, Theme
from letterhub.domain.mail.outgoing_mail import CannotMail
from letterhub.queries.accounts.staff import Desk
from letterhub.queries.letters.branding import contact_of, house_of
from letterhub.web.access import staff_only
from letterhub.web.forms import tidy
from letterhub.web.staff.letters.branding_forms import LookFields
from letterhub.web.staff.letters.letter_forms import kept_lines, several

pages = Blueprint("looks", __name__)


class HouseForm(LookFields, FlaskForm):  # type: ignore[misc]
    """Form for the branding of new letters."""

    lines = several(_l("Lines under the coalition’s name"))

    def as_house(self, name: str) -> House:
        """Return the branding as a value."""
        return House(
            name=name,
            lines=kept_lines(self.lines.data),
            theme=Theme(self.theme.data),
            face=Face(self.face.data),
            accent=self.accent.data,
            paper=Paper(self.paper.data),
        )


class ContactForm(FlaskForm):  # type: ignore[misc]
    """Form for the coalition's public contact address."""

    contact = StringField(_l("Public email address"), filters=[tidy])


@pages.get("/look")
@staff_only(Role.ORGANIZER)
def look(desk: Desk) -> ResponseReturnValue:
    """Show the branding."""
    return _page(desk)


@pages.post("/look")
@staff_only(Role.ORGANIZER)
def change(desk: Desk) -> ResponseReturnValue:
    """Save the branding of letters that are created from now on."""
    form = HouseForm()
    if not form.validate_on_submit():
        return _page(desk, form), 422
    change_look(desk.coalition_id, form.as_house(desk.name), actor=desk.actor, at=now())
    flash(_("Saved. Letters begun from now on look like this; the others stay as they are."), "good")
    return redirect(url_for(".look", coalition=desk.coalition), 303)


@pages.post("/contact")
@staff_only(Role.ORGANIZER)
def contact(desk: Desk) -> ResponseReturnValue:
    """Save the contact address, which every letter shows at once."""
    form = ContactForm()
    try:
        change_contact(desk.coalition_id, form.contact.data, actor=desk.actor, at=now())
    except CannotMail as refusal:
        form.contact.errors = [str(refusal)]
        return _page(desk, writing=form), 422
    flash(_("Saved. Every letter shows it."), "good")
    return redirect(url_for(".look", coalition=desk.coalition), 303)


def _page(desk: Desk, form: HouseForm | None = None, writing: ContactForm | None = None) -> str:
    return render_template(
        "staff/letters/branding.html", desk=desk, form=form or _as_it_is(desk),
        writing=writing or ContactForm(formdata=None, data={"contact": contact_of(desk.coalition_id)}),
    )  # fmt: skip


def _as_it_is(desk: Desk) -> HouseForm:
    house = house_of(desk.coalition_id)
    chosen: dict[str, Any] = {name: getattr(house, name) for name in ("theme", "face", "accent", "paper")}
    return HouseForm(formdata=None, data={**chosen, "lines": "\n".join(house.lines)})
