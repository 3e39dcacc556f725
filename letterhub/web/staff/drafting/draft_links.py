"""Secret links to a draft: created, shown once, listed with their use, and revoked."""

import enum

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from letterhub.clock import now
from letterhub.commands.drafting.draft_links import create_draft_link, revoke_draft_link
from letterhub.domain.accounts.roles import Role
from letterhub.domain.drafting.draft_links import LABEL_LENGTH, DraftLinkLifetime
from letterhub.mail.messages import site_url
from letterhub.queries.accounts import StaffContext
from letterhub.queries.drafting.draft_links import draft_links
from letterhub.web.access import get_letter_or_404, redirect_to, staff_only
from letterhub.web.forms import CommandForm, choice_field, clean_line, new_idempotency_key

bp = Blueprint("draft_links", __name__)


class LinkUse(enum.StrEnum):
    """Use of a link that staff choose."""

    COMMENT = "comment"
    READ = "read"


class DraftLinkForm(CommandForm):
    """Form for a new link: for whom it is, what it allows, and how long it works."""

    label = StringField(
        _l("For whom"),
        filters=[clean_line],
        validators=[DataRequired(_l("Enter for whom the link is.")), Length(max=LABEL_LENGTH)],
    )
    use = choice_field(_l("Allows"), {LinkUse.COMMENT: _l("Reading and commenting"), LinkUse.READ: _l("Reading only")})
    lifetime = choice_field(
        _l("Works for"),
        {
            DraftLinkLifetime.MONTH: _l("30 days"),
            DraftLinkLifetime.WEEK: _l("7 days"),
            DraftLinkLifetime.QUARTER: _l("90 days"),
        },
    )


@bp.get("")
@staff_only(Role.ORGANIZER)
def index(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """List the links with their use."""
    return _render_page(staff, slug, DraftLinkForm(formdata=None))


@bp.post("")
@staff_only(Role.ORGANIZER)
def create(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Create a link, and show it: only its hash is stored, so it can't be shown again."""
    header, form = get_letter_or_404(staff, slug), DraftLinkForm()
    if form.validate():
        with form.showing_errors():
            token = create_draft_link(
                header.letter_id, form.label.data, DraftLinkLifetime(form.lifetime.data),
                may_comment=form.use.data == LinkUse.COMMENT, staff_id=staff.staff_id, actor=staff.actor, at=now(),
                form_token=request.form.get("form_token", ""),
            )  # fmt: skip
            new_form = DraftLinkForm(formdata=None)
            return _render_page(staff, slug, new_form, site_url(f"/drafts/{token}"), form.label.data)
    return _render_page(staff, slug, form), 422


@bp.post("/<int:link_id>/revoke")
@staff_only(Role.ORGANIZER)
def delete(staff: StaffContext, slug: str, link_id: int) -> ResponseReturnValue:
    """Revoke a link."""
    revoke_draft_link(get_letter_or_404(staff, slug).letter_id, link_id, actor=staff.actor, at=now())
    flash(_("The link no longer works."), "good")
    return redirect_to(staff, ".index", slug=slug)


def _render_page(staff: StaffContext, slug: str, form: DraftLinkForm, address: str = "", label: str = "") -> str:
    """Render the list, with the address of a link that was just created."""
    header = get_letter_or_404(staff, slug)
    return render_template(
        "staff/drafting/links.html", staff=staff, header=header, form=form, address=address, label=label,
        links=draft_links(header.letter_id, now()), once=new_idempotency_key(),
    )  # fmt: skip
