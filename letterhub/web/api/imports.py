"""Imports of tables by programs, of signatories and of contacts: upload, preview, apply, as on the pages.

See docs/design/tables-in.md.
"""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any

from flask import abort
from msgspec import Meta, convert, field

from letterhub.clock import now
from letterhub.commands.invitations.contact_import import import_contacts
from letterhub.commands.invitations.table_uploads import choose_columns, save_upload
from letterhub.commands.signatures.signatory_import import request_import
from letterhub.domain.accounts.api_tokens import ApiScope
from letterhub.domain.i18n import _
from letterhub.domain.operations.render_jobs import JobState
from letterhub.domain.signatures.signatory_import import FilePreview
from letterhub.intake.tables.choices import TableChoices
from letterhub.intake.tables.outline import TableOutline, check_columns
from letterhub.intake.tables.target_fields import CONTACT_LIST_FIELDS, TargetField
from letterhub.queries.accounts import StaffContext
from letterhub.queries.invitations.contact_list_preview import contact_list_preview
from letterhub.queries.invitations.table_uploads import outline_upload
from letterhub.queries.questions.table_answers import name_fields
from letterhub.queries.signatures.signatory_import import TableOwner, check_accepts_imports, import_facts, import_preview
from letterhub.web.access import get_letter_or_404
from letterhub.web.api.api import Input, InvalidField, Struct, endpoint

MAX_TABLE_CHARACTERS = 1_000_000
SIGNATORIES, CONTACTS = "signatory_import", "contact_import"
"""Purposes under which columns are remembered: those of the pages."""


class NewTable(Input):
    """Table as CSV, in one text, with a row of headings. `columns` says what columns are, where headings don't: the field by
    the heading, "" for a column that is left out."""

    file_name: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*[^\x00\s][^\x00]*$")]
    table: Annotated[str, Meta(min_length=1, max_length=MAX_TABLE_CHARACTERS, pattern=r"^[^\x00]*$")]
    columns: dict[Annotated[str, Meta(max_length=300)], Annotated[str, Meta(max_length=60)]] = field(default_factory=dict)


class ReadColumn(Struct):
    """Column of a table: its heading, and the field that it is read as, "" if it is left out."""

    heading: str
    field: str


class UploadedTable(Struct):
    """Table that is kept for a day: look at its preview, then apply it. Nothing is imported yet."""

    id: int
    columns: tuple[ReadColumn, ...]


class RowAnswer(Struct):
    """Row of a table by its line: what an import would do with it, and why."""

    line: int
    outcome: str
    reason: str


class PreviewAnswer(Struct):
    """Preview of an import: the outcome of each row. It is applied with this `version`. `counts` are
    the numbers of rows by outcome, and `notes` are about the table as a whole."""

    file_name: str
    uploaded_at: dt.datetime
    version: str
    counts: dict[str, int]
    notes: tuple[str, ...]
    rows: tuple[RowAnswer, ...]


class ApplyContacts(Input):
    """The version of the preview."""

    version: Annotated[str, Meta(min_length=1, max_length=100)]


class ApplySignatories(Input):
    """The version of the preview. `notify` emails each signatory that has an address."""

    version: Annotated[str, Meta(min_length=1, max_length=100)]
    notify: bool


class RequestedImport(Struct):
    """Import that was requested; it runs in the background."""

    id: int


class ImportAnswer(Struct):
    """Import of signatories: its state, its progress in percent, and how many names it has added to the queue."""

    id: int
    file_name: str
    state: JobState
    progress: int
    imported: int
    error: str


class ContactsImported(Struct):
    """Numbers of the contacts that an import added, and of those to which it added something."""

    new: int
    added_to: int


@endpoint("POST", "/letters/<slug>/imports", scope=ApiScope.WRITE_IMPORTS, status=201, large=True)
def upload_signatories(caller: StaffContext, slug: str, body: NewTable) -> UploadedTable:
    """Upload a table of signatories, for a preview. Nothing is imported yet."""
    letter_id = get_letter_or_404(caller, slug).letter_id
    check_accepts_imports(letter_id)
    return _upload(TableOwner(letter_id), SIGNATORIES, name_fields(letter_id), caller, body)


@endpoint("GET", "/letters/<slug>/imports/<int:upload_id>", scope=ApiScope.WRITE_IMPORTS)
def preview_signatories(caller: StaffContext, slug: str, upload_id: int) -> PreviewAnswer:
    """Preview of an import of a table: the outcome of each row. Nothing is imported yet."""
    return _preview(import_preview(get_letter_or_404(caller, slug).letter_id, upload_id))


@endpoint("POST", "/letters/<slug>/imports/<int:upload_id>/apply", scope=ApiScope.WRITE_IMPORTS, status=202)
def import_signatories(caller: StaffContext, slug: str, upload_id: int, body: ApplySignatories) -> RequestedImport:
    """Import the new names that the preview showed: they wait in the queue, and staff decide on each."""
    letter_id = get_letter_or_404(caller, slug).letter_id
    import_preview(letter_id, upload_id) or abort(404)
    job_id = request_import(
        letter_id, upload_id, body.version, is_notified=body.notify, staff_id=caller.staff_id, actor=caller.actor, at=now()
    )
    return RequestedImport(id=job_id)


@endpoint("GET", "/letters/<slug>/import-jobs/<int:import_id>", scope=ApiScope.WRITE_IMPORTS)
def signatory_import(caller: StaffContext, slug: str, import_id: int) -> ImportAnswer:
    """Import of signatories, with its progress."""
    facts = import_facts(get_letter_or_404(caller, slug).letter_id, import_id) or abort(404)
    return convert(facts, ImportAnswer, from_attributes=True)


@endpoint("POST", "/contacts/imports", scope=ApiScope.WRITE_IMPORTS, status=201, large=True)
def upload_contacts(caller: StaffContext, body: NewTable) -> UploadedTable:
    """Upload a table of contacts, for a preview. Nothing is imported yet, and nobody is invited."""
    return _upload(TableOwner(coalition_id=caller.coalition_id), CONTACTS, CONTACT_LIST_FIELDS, caller, body)


@endpoint("GET", "/contacts/imports/<int:upload_id>", scope=ApiScope.WRITE_IMPORTS)
def preview_contacts(caller: StaffContext, upload_id: int) -> PreviewAnswer:
    """Preview of an import of a table: the outcome of each row. Nothing is imported yet."""
    return _preview(contact_list_preview(caller.coalition_id, upload_id))


@endpoint("POST", "/contacts/imports/<int:upload_id>/apply", scope=ApiScope.WRITE_IMPORTS)
def apply_contacts(caller: StaffContext, upload_id: int, body: ApplyContacts) -> ContactsImported:
    """Import the contacts that the preview showed, and what is new about those that you have."""
    contact_list_preview(caller.coalition_id, upload_id) or abort(404)
    done = import_contacts(caller, upload_id, body.version, now())
    return ContactsImported(new=done.new, added_to=done.added_to)


def _upload(
    owner: TableOwner, purpose: str, fields: Sequence[TargetField], caller: StaffContext, body: NewTable
) -> UploadedTable:
    """Store a table with what its columns are. Raises FileRefused, and InvalidField if that isn't known."""
    content = body.table.encode("utf-8-sig", errors="replace")
    outline = outline_upload(owner, purpose, content, body.file_name, fields)
    columns = _columns(outline, fields, body.columns)
    asked = [one for one in outline.columns if not one.is_known and one.samples]
    if not outline.header_line or (outline.needs_answer and not asked):
        raise InvalidField(outline.question or _("Give the table a row of headings."), "table")
    if any(one.heading not in body.columns for one in asked):
        raise InvalidField(outline.question, "columns")
    errors, naming_error = check_columns(outline, fields, columns)
    if wrong := next(iter(errors.values()), naming_error):
        raise InvalidField(wrong, "columns")
    upload_id = save_upload(owner, purpose, body.file_name, content, fields, staff_id=caller.staff_id, at=now())
    choose_columns(owner, upload_id, purpose, outline, TableChoices(columns=columns), now())
    read = tuple(ReadColumn(heading=column.heading, field=columns[column.at]) for column in outline.columns)
    return UploadedTable(id=upload_id, columns=read)


def _columns(outline: TableOutline, fields: Sequence[TargetField], named: dict[str, str]) -> dict[int, str]:
    """Return the field of each column, as named by its heading, else as it is read. Raises InvalidField."""
    headings, keys = {column.heading for column in outline.columns}, {one.key for one in fields}
    for heading, key in named.items():
        if heading not in headings:
            raise InvalidField(_("The table has no column “%(heading)s”.", heading=heading), "columns")
        if key and key not in keys:
            known = ", ".join(one.key for one in fields)
            raise InvalidField(_("“%(key)s” is none of the fields: %(known)s.", key=key, known=known), "columns")
    return {column.at: named.get(column.heading, column.field) for column in outline.columns}


def _preview(found: FilePreview[Any] | None) -> PreviewAnswer:
    preview = found or abort(404)
    return PreviewAnswer(
        file_name=preview.file_name, uploaded_at=preview.uploaded_at, version=preview.version,
        counts=dict(Counter(str(row.outcome) for row in preview.rows)), notes=tuple(map(str, preview.notes)),
        rows=tuple(RowAnswer(line=row.parsed.line, outcome=str(row.outcome), reason=str(row.sentence)) for row in preview.rows),
    )  # fmt: skip
