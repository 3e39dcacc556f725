"""Import of signatories: upload, columns, preview of each row, then apply or discard."""

from dataclasses import replace

from flask import Blueprint, abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from letterhub.clock import now
from letterhub.commands.signatures.signatory_import import request_import
from letterhub.domain.accounts.roles import Role
from letterhub.domain.errors import UserFacingError
from letterhub.intake.tables.target_fields import SIGNATORY_FIELDS
from letterhub.queries.accounts import StaffContext
from letterhub.queries.questions.table_answers import name_fields
from letterhub.queries.signatures.signatory_import import check_accepts_imports, import_facts, import_preview
from letterhub.web.access import accepts_large_body, get_letter_or_404, redirect_to, staff_only
from letterhub.web.staff.invitations.uploads import (
    TableImport,
    ask_for_columns,
    discard_table,
    show_preview,
    upload_table,
)

bp = Blueprint("signatory_import", __name__)
SIGNATORIES = TableImport(
    blueprint="signatory_import",
    fields=SIGNATORY_FIELDS,
    check=check_accepts_imports,
    preview=import_preview,
    templates="staff/signatures/import",
    tab="signatures",
    discarded=_("The file was discarded. Nothing was imported."),
)


@bp.route("", methods=["GET", "POST"])
@staff_only(Role.REVIEWER)
@accepts_large_body
def create(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Show the upload form; a POST stores the table."""
    return upload_table(_import_into(staff, slug), staff, slug)


@bp.route("/<int:upload_id>/columns", methods=["GET", "POST"])
@staff_only(Role.REVIEWER)
def columns(staff: StaffContext, slug: str, upload_id: int) -> ResponseReturnValue:
    """Show what the columns are read as; a POST settles them."""
    return ask_for_columns(_import_into(staff, slug), staff, slug, upload_id)


@bp.get("/<int:upload_id>")
@staff_only(Role.REVIEWER)
def preview(staff: StaffContext, slug: str, upload_id: int) -> ResponseReturnValue:
    """Show what an import would do with each row. Nothing is imported yet."""
    return show_preview(SIGNATORIES, staff, slug, upload_id)


@bp.post("/<int:upload_id>")
@staff_only(Role.REVIEWER)
def apply(staff: StaffContext, slug: str, upload_id: int) -> ResponseReturnValue:
    """Have the new signatories imported that the preview showed."""
    header, expected = get_letter_or_404(staff, slug), request.form.get("expected", "")
    is_notified = "skips_email" not in request.form
    try:
        import_id = request_import(
            header.letter_id, upload_id, expected,
            is_notified=is_notified, staff_id=staff.staff_id, actor=staff.actor, at=now(),
        )  # fmt: skip
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
    return render_template("staff/signatures/import/progress.html", staff=staff, header=header, tab="signatures", job=job)


def _import_into(staff: StaffContext, slug: str) -> TableImport:
    """Return the import of names into a letter, whose columns may be answers to its questions."""
    return replace(SIGNATORIES, fields=name_fields(get_letter_or_404(staff, slug).letter_id))


@bp.post("/<int:upload_id>/discard")
@staff_only(Role.REVIEWER)
def delete(staff: StaffContext, slug: str, upload_id: int) -> ResponseReturnValue:
    """Delete an uploaded file."""
    return discard_table(SIGNATORIES, staff, slug, upload_id)
