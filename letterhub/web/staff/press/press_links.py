"""Secret links to a press page under embargo: created, shown once, listed with their use, and revoked."""

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from letterhub.clock import now
from letterhub.commands.press.press_pages import create_press_link, revoke_press_link
from letterhub.domain.accounts.roles import Role
from letterhub.domain.press.press_page import MAX_LINK_NAME
from letterhub.mail.messages import site_url
from letterhub.queries.accounts import StaffContext
from letterhub.queries.press.press_pages import press_links
from letterhub.web.access import get_letter_or_404, redirect_to, staff_only
from letterhub.web.forms import CommandForm, clean_line, new_idempotency_key

bp = Blueprint("press_links", __name__)


class PressLinkForm(CommandForm):
    """Form for whom a link is."""

    name = StringField(
        _l("For whom"),
        filters=[clean_line],
        validators=[DataRequired(_l("Enter for whom the link is.")), Length(max=MAX_LINK_NAME)],
    )


@bp.get("")
@staff_only(Role.ORGANIZER)
def index(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """List the links with their use."""
    return _render_page(staff, slug, PressLinkForm(formdata=None))


@bp.post("")
@staff_only(Role.ORGANIZER)
def create(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Create a link, and show it: only its hash is stored, so it can't be shown again."""
    header, form = get_letter_or_404(staff, slug), PressLinkForm()
    if form.validate():
        with form.showing_errors():
            token = create_press_link(
                header.letter_id, form.name.data, staff_id=staff.staff_id, actor=staff.actor, at=now(),
                form_token=request.form.get("form_token", ""),
            )  # fmt: skip
            return _render_page(staff, slug, PressLinkForm(formdata=None), site_url(f"/press/{token}"), form.name.data)
    return _render_page(staff, slug, form), 422


@bp.post("/<int:link_id>/revoke")
@staff_only(Role.ORGANIZER)
def revoke(staff: StaffContext, slug: str, link_id: int) -> ResponseReturnValue:
    """End a link."""
    revoke_press_link(get_letter_or_404(staff, slug).letter_id, link_id, actor=staff.actor, at=now())
    flash(_("The link no longer works."), "good")
    return redirect_to(staff, ".index", slug=slug)


def _render_page(staff: StaffContext, slug: str, form: PressLinkForm, address: str = "", name: str = "") -> str:
    """Render the list, with the address of a link that was just created."""
    header = get_letter_or_404(staff, slug)
    return render_template(
        "staff/press/press_links.html", staff=staff, header=header, tab="release", form=form, address=address, name=name,
        links=press_links(header.letter_id), at=now(), once=new_idempotency_key(),
    )  # fmt: skip
