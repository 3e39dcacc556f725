"""Posters of a letter as PDF, with a QR code that leads to it."""

from flask import Blueprint, Response, abort, flash
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.domain.accounts.roles import Role
from letterhub.domain.errors import UserFacingError
from letterhub.queries.accounts import StaffContext
from letterhub.queries.letters.posters import poster_file
from letterhub.rendering.subprocesses import RenderingInterrupted
from letterhub.web.access import get_letter_or_404, redirect_to, staff_only

bp = Blueprint("posters", __name__)


@bp.get("")
@bp.get("/<language:language>")
@staff_only(Role.REVIEWER)
def detail(staff: StaffContext, slug: str, language: str = "") -> ResponseReturnValue:
    """Download the poster in a translation's language, or in the original's."""
    header = get_letter_or_404(staff, slug)
    try:
        name, content = poster_file(header.slug, language, now()) or abort(404)
    except UserFacingError as failure:
        flash(str(failure), "stop")
        return redirect_to(staff, "overview.detail", slug=slug)
    except RenderingInterrupted:
        abort(503)
    response = Response(content, mimetype="application/pdf")
    response.headers.set("Content-Disposition", "inline", filename=name)
    return response
