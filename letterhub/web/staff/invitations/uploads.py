"""Tables that staff bring in: upload, columns, preview, apply; the steps that every import of a table shares.

See docs/design/tables-in.md.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import TextAreaField, ValidationError

from letterhub.clock import now
from letterhub.commands.invitations.table_uploads import choose_columns, discard_upload, save_upload
from letterhub.domain.errors import UserFacingError
from letterhub.domain.signatures.signatory_import import FilePreview
from letterhub.intake.tables.target_fields import TargetField
from letterhub.queries.accounts import StaffContext
from letterhub.queries.invitations.table_uploads import outline_upload
from letterhub.queries.letters.letter_header import LetterHeader
from letterhub.queries.paging import clamp_page
from letterhub.queries.signatures.signatory_import import TableOwner, uploaded_file
from letterhub.web.access import get_letter_or_404
from letterhub.web.forms import parse_integer, uploaded_name
from letterhub.web.staff.invitations.columns_form import ColumnsForm

ROWS_PER_PAGE = 100
ACCEPTED_FILES = ".csv,.tsv,.txt,.xlsx,.xlsm,.xls,.ods,text/csv,text/tab-separated-values,text/plain"
"""Types of files that the upload field offers."""


@dataclass(frozen=True, slots=True)
class TableImport:
    """An import of a table, into a letter or among the coalition's contacts: what distinguishes it from the others.

    `blueprint` has the endpoints create, columns, preview, apply and delete, and its name is the purpose under which columns
    are remembered. `fields` are those that a column may be read as. `check` raises UserFacingError if the letter takes no such
    import. `preview` returns the outcome of each row of a letter's or coalition's upload, None if there is none. `templates` is
    the folder of `upload.html` and `preview.html`; `tab` the tab of the letter; `discarded` the sentence after an upload was
    discarded.
    """

    blueprint: str
    fields: Sequence[TargetField]
    preview: Callable[[int, int], FilePreview[Any] | None]
    templates: str
    discarded: str
    tab: str = ""
    check: Callable[[int], None] | None = None

    def address(self, endpoint: str, staff: StaffContext, header: LetterHeader | None, upload_id: int | None = None) -> str:
        """Return the address of a step."""
        slug = header.slug if header else None
        return url_for(f"{self.blueprint}.{endpoint}", coalition=staff.coalition_slug, slug=slug, upload_id=upload_id)


class UploadForm(FlaskForm):  # type: ignore[misc]
    """Form for one file, or for pasted rows. The site's limit on requests bounds their size."""

    file = FileField(_("File"), id="file")
    pasted = TextAreaField(_("Or paste names"))

    def validate_pasted(self, field: TextAreaField) -> None:
        """Require a file or text, and not both."""
        if not self.file.data and not (field.data or "").strip():
            self.file.errors = [gettext("Choose a file, or paste the names below.")]
            raise ValidationError(gettext("Choose a file above, or paste the names here."))
        if self.file.data and (field.data or "").strip():
            raise ValidationError(gettext("Choose a file or paste the names, not both."))

    @property
    def content(self) -> tuple[str, bytes]:
        """Name and bytes of the table; a pasted one shows that it is UTF-8."""
        if self.file.data:
            return uploaded_name(self.file.data)[:200] or "names.csv", self.file.data.read()
        return gettext("Pasted text"), (self.pasted.data or "").encode("utf-8-sig", errors="replace")


def upload_table(flow: TableImport, staff: StaffContext, slug: str | None = None) -> ResponseReturnValue:
    """Show the upload form; a POST stores the table, and goes on to its columns, or to its preview if these are known."""
    (header, owner), form = _owner_or_404(staff, slug), UploadForm()
    if form.validate_on_submit():
        name, content = form.content
        try:
            if flow.check:
                flow.check(owner.id)
            upload_id = save_upload(owner, flow.blueprint, name, content, flow.fields, staff_id=staff.staff_id, at=now())
            return redirect(flow.address("preview", staff, header, upload_id), 303)
        except UserFacingError as refusal:
            field = form.file if form.file.data else form.pasted
            field.errors = (str(refusal),)
    status = 422 if form.errors or form.file.errors or form.pasted.errors else 200
    page = render_template(
        f"{flow.templates}/upload.html", staff=staff, header=header, tab=flow.tab, form=form, accept=ACCEPTED_FILES
    )
    return page, status


def ask_for_columns(flow: TableImport, staff: StaffContext, slug: str | None, upload_id: int) -> ResponseReturnValue:
    """Show the columns of an upload, and what they are read as; a POST settles them.

    If another sheet, encoding or row of headings was chosen, the columns are other ones: they are shown before anything is
    settled.
    """
    header, owner = _owner_or_404(staff, slug)
    upload = uploaded_file(owner, upload_id) or abort(404)
    form = ColumnsForm(flow.fields)
    try:
        chosen = form.layout_choices() if form.is_submitted() else form.stored_choices(upload.choices)
        outline = outline_upload(owner, flow.blueprint, upload.content, upload.file_name, flow.fields, chosen)
        form.show(outline)
        if form.is_submitted() and form.validate() and form.is_of(outline) and form.check_columns(outline):
            choose_columns(owner, upload_id, flow.blueprint, outline, form.column_choices(outline), now())
            return redirect(flow.address("preview", staff, header, upload_id), 303)
    except UserFacingError as refusal:
        flash(str(refusal), "stop")
        return redirect(
            flow.address("columns", staff, header, upload_id) if form.is_submitted() else flow.address("create", staff, header),
            303,
        )
    page = render_template(
        "staff/invitations/columns.html", staff=staff, header=header, tab=flow.tab, form=form, outline=outline,
        file_name=upload.file_name, discard_address=flow.address("delete", staff, header, upload_id),
    )  # fmt: skip
    return page, 422 if form.column_errors or form.naming_error or form.errors else 200


def show_preview(
    flow: TableImport, staff: StaffContext, slug: str | None, upload_id: int, **context: object
) -> ResponseReturnValue:
    """Show an upload's rows, all or those with the `outcome` asked for; its columns first, if they are not settled."""
    header, owner = _owner_or_404(staff, slug)
    upload = uploaded_file(owner, upload_id) or abort(404)
    if not upload.is_settled:
        return redirect(flow.address("columns", staff, header, upload_id), 303)
    file_preview = flow.preview(owner.id, upload_id) or abort(404)
    outcomes = tuple(type(file_preview.applied[0]).__members__.values())
    outcome = next((candidate for candidate in outcomes if candidate == request.args.get("outcome")), None)
    rows = file_preview.with_outcome(outcome) if outcome else file_preview.rows
    page = clamp_page(request.args.get("page", 1, type=parse_integer), len(rows), ROWS_PER_PAGE)
    start = (page - 1) * ROWS_PER_PAGE
    return render_template(
        f"{flow.templates}/preview.html", staff=staff, header=header, tab=flow.tab, shown=file_preview, outcome=outcome,
        outcomes=outcomes, rows=rows[start : start + ROWS_PER_PAGE], total=len(rows), page=page, size=ROWS_PER_PAGE,
        address=request.path, columns_address=flow.address("columns", staff, header, upload_id),
        apply_action=flow.address("apply", staff, header, upload_id),
        discard_address=flow.address("delete", staff, header, upload_id), **context,
    )  # fmt: skip


def discard_table(flow: TableImport, staff: StaffContext, slug: str | None, upload_id: int) -> ResponseReturnValue:
    """Delete an upload, or say that it is gone."""
    header, owner = _owner_or_404(staff, slug)
    if discard_upload(owner, upload_id):
        flash(str(flow.discarded))
    else:
        flash(gettext("This file was imported or discarded already."), "stop")
    return redirect(flow.address("create", staff, header), 303)


def _owner_or_404(staff: StaffContext, slug: str | None) -> tuple[LetterHeader | None, TableOwner]:
    """Return the letter with this slug and what its tables belong to; without a slug, the coalition."""
    if slug is None:
        return None, TableOwner(coalition_id=staff.coalition_id)
    header = get_letter_or_404(staff, slug)
    return header, TableOwner(header.letter_id)
