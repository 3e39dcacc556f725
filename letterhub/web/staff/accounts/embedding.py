"""Websites that may show the coalition's letters in a frame."""

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField

from letterhub.clock import now
from letterhub.commands.accounts.staff import change_embed_sites
from letterhub.domain.accounts.roles import Role
from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.embedding import parse_sites
from letterhub.queries.accounts import StaffContext
from letterhub.queries.letters.branding import embed_sites
from letterhub.web.access import redirect_to, staff_only
from letterhub.web.forms import CommandForm
from letterhub.web.staff.letters.letter_forms import clean_lines

bp = Blueprint("embedding", __name__)


class EmbedSitesForm(CommandForm):
    """Form with the websites, one per line."""

    sites = TextAreaField(_l("Websites"), filters=[clean_lines])


@bp.route("", methods=["GET", "POST"])
@staff_only(Role.ORGANIZER)
def edit(staff: StaffContext) -> ResponseReturnValue:
    """Show the websites; a POST changes them."""
    form = EmbedSitesForm(data={"sites": "\n".join(embed_sites(staff.coalition_id))})
    if form.validate_on_submit():
        try:
            sites = parse_sites(form.sites.data)
        except UserFacingError as refusal:
            form.add_error(refusal)
        else:
            change_embed_sites(staff.coalition_id, sites, actor=staff.actor, at=now())
            flash(
                _("Saved. These websites can show your letters.") if sites else _("Saved. No website can show your letters."),
                "good",
            )
            return redirect_to(staff, ".edit")
    return render_template("staff/accounts/embedding.html", staff=staff, form=form), 422 if form.errors else 200
