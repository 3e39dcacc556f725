"""PDF previews of a letter, rendered by the worker."""

from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.commands.letters.pdf_previews import request_preview
from letterhub.domain.accounts.roles import Role
from letterhub.queries.accounts import StaffContext
from letterhub.queries.letters.pdf_previews import preview_facts, preview_file
from letterhub.web.access import get_letter_or_404, redirect_to, staff_only

bp = Blueprint("pdf_previews", __name__)


@bp.post("")
@staff_only(Role.REVIEWER)
def create(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Queue a preview of the saved text."""
    preview_id = request_preview(get_letter_or_404(staff, slug).letter_id, staff_id=staff.staff_id, at=now())
    return redirect_to(staff, ".detail", slug=slug, preview_id=preview_id)


@bp.get("/<int:preview_id>")
@staff_only(Role.REVIEWER)
def detail(staff: StaffContext, slug: str, preview_id: int) -> ResponseReturnValue:
    """Show the progress of a preview, then a link to its PDF; 404 with a way to a new one if it was deleted."""
    header = get_letter_or_404(staff, slug)
    preview = preview_facts(header.letter_id, preview_id)
    page = render_template(
        "staff/letters/preview.html", staff=staff, header=header, tab="write", preview=preview,
        may_open=staff.role.covers(Role.ORGANIZER),
    )  # fmt: skip
    return page, 200 if preview else 404


@bp.get("/<int:preview_id>/pdf")
@staff_only(Role.REVIEWER)
def download(staff: StaffContext, slug: str, preview_id: int) -> ResponseReturnValue:
    """Return the PDF for display in the browser."""
    file = preview_file(get_letter_or_404(staff, slug).letter_id, preview_id)
    if file is None:
        abort(404)
    response = Response(file[1], mimetype="application/pdf")
    response.headers.set("Content-Disposition", "inline", filename=file[0])
    return response
