"""Secret links to a letter's progress page: created, shown once, listed with their use, and revoked."""

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from letterhub.clock import now
from letterhub.commands.progress.progress_links import create_progress_link, revoke_progress_link
from letterhub.domain.accounts.roles import Role
from letterhub.domain.progress.progress_links import LABEL_LENGTH, LinkLifetime
from letterhub.mail.messages import site_url
from letterhub.queries.accounts import StaffContext
from letterhub.queries.progress.progress_links import progress_links
from letterhub.web.access import get_letter_or_404, redirect_to, staff_only
from letterhub.web.forms import CommandForm, choice_field, clean_line, new_idempotency_key

bp = Blueprint("progress_links", __name__)


class ProgressLinkForm(CommandForm):
    """Form for a new link: for whom it is, and how long it works."""

    label = StringField(
        _l("For whom"),
        filters=[clean_line],
        validators=[DataRequired(_l("Enter for whom the link is.")), Length(max=LABEL_LENGTH)],
    )
    lifetime = choice_field(
        _l("Works for"),
        {
            LinkLifetime.QUARTER: _l("90 days"),
            LinkLifetime.MONTH: _l("30 days"),
            LinkLifetime.YEAR: _l("A year"),
            LinkLifetime.UNTIL_REVOKED: _l("Until it is revoked"),
        },
    )


@bp.get("")
@staff_only(Role.ORGANIZER)
def index(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """List the links with their use."""
    return _render_page(staff, slug, ProgressLinkForm(formdata=None))


@bp.post("")
@staff_only(Role.ORGANIZER)
def create(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Create a link, and show it: only its hash is stored, so it can't be shown again."""
    header, form = get_letter_or_404(staff, slug), ProgressLinkForm()
    if form.validate():
        label, lifetime = form.label.data, LinkLifetime(form.lifetime.data)
        with form.showing_errors():
            token = create_progress_link(
                header.letter_id, label, lifetime, staff_id=staff.staff_id, actor=staff.actor, at=now(),
                form_token=request.form.get("form_token", ""),
            )  # fmt: skip
            return _render_page(staff, slug, ProgressLinkForm(formdata=None), site_url(f"/progress/{token}"), label)
    return _render_page(staff, slug, form), 422


@bp.post("/<int:link_id>/revoke")
@staff_only(Role.ORGANIZER)
def delete(staff: StaffContext, slug: str, link_id: int) -> ResponseReturnValue:
    """Revoke a link."""
    revoke_progress_link(get_letter_or_404(staff, slug).letter_id, link_id, actor=staff.actor, at=now())
    flash(_("The link no longer works."), "good")
    return redirect_to(staff, ".index", slug=slug)


def _render_page(staff: StaffContext, slug: str, form: ProgressLinkForm, address: str = "", label: str = "") -> str:
    """Render the list, with the address of a link that was just created."""
    header = get_letter_or_404(staff, slug)
    return render_template(
        "staff/progress/links.html", staff=staff, header=header, tab="overview", form=form, address=address, label=label,
        links=progress_links(header.letter_id, now()), once=new_idempotency_key(),
    )  # fmt: skip
