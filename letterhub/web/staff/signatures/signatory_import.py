"""Import of signatories: upload, preview of each row, then apply or discard."""

from flask import Blueprint, abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from letterhub.clock import now
from letterhub.commands.signatures.signatory_import import discard_upload, request_import
from letterhub.domain.accounts.roles import Role
from letterhub.domain.errors import UserFacingError
from letterhub.queries.accounts import StaffContext
from letterhub.queries.signatures.signatory_import import import_facts, import_preview
from letterhub.web.access import accepts_large_body, get_letter_or_404, redirect_to, staff_only
from letterhub.web.staff.invitations.uploads import UploadForm, render_preview, save_from_form

bp = Blueprint("signatory_import", __name__)


@bp.route("", methods=["GET", "POST"])
@staff_only(Role.REVIEWER)
@accepts_large_body
def create(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Show the upload form; a POST stores the file and shows its preview."""
    header, form = get_letter_or_404(staff, slug), UploadForm()
    if form.validate_on_submit() and (upload_id := save_from_form(form, header, staff)) is not None:
        return redirect_to(staff, "signatory_import.preview", slug=slug, upload_id=upload_id)
    return render_template("staff/invitations/import_upload.html", staff=staff, header=header, tab="signatures", form=form)


@bp.get("/<int:upload_id>")
@staff_only(Role.REVIEWER)
def preview(staff: StaffContext, slug: str, upload_id: int) -> ResponseReturnValue:
    """Show what an import would do with each row. Nothing is imported yet."""
    header = get_letter_or_404(staff, slug)
    file_preview = import_preview(header.letter_id, upload_id)
    return render_preview("staff/invitations/import_preview.html", file_preview, staff, header, upload_id, tab="signatures")


@bp.post("/<int:upload_id>")
@staff_only(Role.REVIEWER)
def apply(staff: StaffContext, slug: str, upload_id: int) -> ResponseReturnValue:
    """Have the new signatories imported that the preview showed."""
    header, expected = get_letter_or_404(staff, slug), request.form.get("expected", "")
    try:
        import_id = request_import(header.letter_id, upload_id, expected, staff_id=staff.staff_id, actor=staff.actor, at=now())
    except UserFacingError as refusal:
        flash(str(refusal), "stop")
        return redirect_to(staff, "signatory_import.create", slug=slug)
    return redirect_to(staff, "signatory_import.progress", slug=slug, import_id=import_id)


@bp.get("/progress/<int:import_id>")
@staff_only(Role.REVIEWER)
def progress(staff: StaffContext, slug: str, import_id: int) -> ResponseReturnValue:
    """Show how far an import is, then how many names it added."""
    header = get_letter_or_404(staff, slug)
    job = import_facts(header.letter_id, import_id) or abort(404)
    return render_template("staff/invitations/import_progress.html", staff=staff, header=header, tab="signatures", job=job)


@bp.post("/<int:upload_id>/discard")
@staff_only(Role.REVIEWER)
def delete(staff: StaffContext, slug: str, upload_id: int) -> ResponseReturnValue:
    """Delete an uploaded file."""
    discard_upload(get_letter_or_404(staff, slug).letter_id, upload_id)
    flash(_("The file was discarded. Nothing was imported."))
    return redirect_to(staff, "signatory_import.create", slug=slug)
