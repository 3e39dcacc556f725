"""Uploaded files of names: the form, and the preview of each row before anything is applied."""

from typing import Any

from flask import abort, render_template, request
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired

from letterhub.clock import now
from letterhub.commands.signatures.signatory_import import save_upload
from letterhub.domain.errors import UserFacingError
from letterhub.domain.signatures.signatory_import import FilePreview
from letterhub.queries.accounts import StaffContext
from letterhub.queries.letters.letter_header import LetterHeader
from letterhub.queries.paging import clamp_page
from letterhub.web.forms import parse_integer, uploaded_name

ROWS_PER_PAGE = 100


class UploadForm(FlaskForm):  # type: ignore[misc]
    """Form for one file. The site's limit on requests bounds its size."""

    file = FileField(_("File of signatures"), validators=[FileRequired(_("Choose a CSV file."))], id="file")


def save_from_form(form: UploadForm, header: LetterHeader, staff: StaffContext) -> int | None:
    """Store the file of a valid form and return its id. A refused file gives None, with the reason beside the field."""
    upload = form.file.data
    name = uploaded_name(upload)[:200] or "names.csv"
    try:
        return save_upload(header.letter_id, name, upload.read(), staff_id=staff.staff_id, at=now())
    except UserFacingError as refusal:
        form.file.errors = (str(refusal),)
        return None


def render_preview(
    template: str,
    file_preview: FilePreview[Any] | None,
    staff: StaffContext,
    header: LetterHeader,
    upload_id: int,
    **context: object,
) -> str:
    """Return the page of an upload's rows, all or those with the `outcome` asked for; 404 if there is no such upload."""
    if file_preview is None:
        abort(404)
    outcomes = tuple(type(file_preview.applied).__members__.values())
    outcome = next((candidate for candidate in outcomes if candidate == request.args.get("outcome")), None)
    rows = file_preview.with_outcome(outcome) if outcome else file_preview.rows
    page = clamp_page(request.args.get("page", 1, type=parse_integer), len(rows), ROWS_PER_PAGE)
    start = (page - 1) * ROWS_PER_PAGE
    return render_template(
        template, staff=staff, header=header, shown=file_preview, outcome=outcome, outcomes=outcomes,
        rows=rows[start : start + ROWS_PER_PAGE], total=len(rows), page=page, size=ROWS_PER_PAGE, address=request.path,
        here={"coalition": staff.coalition_slug, "slug": header.slug, "upload_id": upload_id}, **context,
    )  # fmt: skip
