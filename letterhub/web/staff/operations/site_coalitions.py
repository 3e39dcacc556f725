"""The operator's pages of coalitions: list, figures of one, and closing it to new letters."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user
from flask_wtf import FlaskForm

from letterhub.clock import now
from letterhub.commands.operations.coalition_closing import close_coalition, reopen_coalition
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.line_validation import normalize_line
from letterhub.queries.accounts import staff_contexts_of
from letterhub.queries.operations.site_coalitions import CoalitionDetail, coalition_detail, coalition_page
from letterhub.web.access import Audience, open_to
from letterhub.web.forms import parse_integer
from letterhub.web.staff.accounts.team_forms import ROLE_NAMES

bp = Blueprint("site_coalitions", __name__)


@bp.get("")
@open_to(Audience.SITE_OPERATOR)
def index() -> ResponseReturnValue:
    """List the coalitions."""
    words = normalize_line(request.args.get("q", ""))[:200]
    page = coalition_page(words, request.args.get("page", 1, parse_integer))
    return render_template("staff/operations/coalitions.html", coalitions=page.coalitions, found=page.found, words=words)


@bp.get("/<int:coalition_id>")
@open_to(Audience.SITE_OPERATOR)
def detail(coalition_id: int) -> ResponseReturnValue:
    """Show the figures of one coalition; a link leads into it for its own staff alone."""
    is_member = any(context.coalition_id == coalition_id for context in staff_contexts_of(current_user.id))
    return render_template(
        "staff/operations/coalition.html", coalition=_coalition_or_404(coalition_id), is_member=is_member, roles=ROLE_NAMES
    )


@bp.route("/<int:coalition_id>/close", methods=["GET", "POST"])
@open_to(Audience.SITE_OPERATOR)
def close(coalition_id: int) -> ResponseReturnValue:
    """Ask for confirmation; a POST closes the coalition to new letters."""
    coalition = _coalition_or_404(coalition_id)
    if not FlaskForm().validate_on_submit():
        return render_template("staff/operations/close_coalition.html", coalition=coalition)
    close_coalition(coalition_id, actor=ReferenceKind.STAFF.reference(current_user.id), at=now())
    flash(_("%(name)s can’t start new letters now.", name=coalition.figures.name), "good")
    return redirect(url_for(".detail", coalition_id=coalition_id), 303)


@bp.post("/<int:coalition_id>/reopen")
@open_to(Audience.SITE_OPERATOR)
def reopen(coalition_id: int) -> ResponseReturnValue:
    """Let the coalition write new letters again."""
    coalition = _coalition_or_404(coalition_id)
    reopen_coalition(coalition_id, actor=ReferenceKind.STAFF.reference(current_user.id), at=now())
    flash(_("%(name)s can start new letters again.", name=coalition.figures.name), "good")
    return redirect(url_for(".detail", coalition_id=coalition_id), 303)


def _coalition_or_404(coalition_id: int) -> CoalitionDetail:
    return coalition_detail(coalition_id) or abort(404)
