"""Lists of contacts: upload, columns, preview of each row, then import or discard. Nobody is invited."""

from flask import Blueprint, abort, flash, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_babel import ngettext

from letterhub.clock import now
from letterhub.commands.invitations.contact_import import ImportedContacts, ListGone, import_contacts
from letterhub.domain.accounts.roles import Role
from letterhub.domain.errors import UserFacingError
from letterhub.intake.tables.target_fields import CONTACT_LIST_FIELDS
from letterhub.queries.accounts import StaffContext
from letterhub.queries.invitations.contact_list_preview import contact_list_preview
from letterhub.web.access import accepts_large_body, redirect_to, staff_only
from letterhub.web.staff.invitations.uploads import (
    TableImport,
    ask_for_columns,
    discard_table,
    show_preview,
    upload_table,
)

bp = Blueprint("contact_import", __name__)
CONTACTS = TableImport(
    blueprint="contact_import",
    fields=CONTACT_LIST_FIELDS,
    preview=contact_list_preview,
    templates="staff/invitations/contacts/list",
    discarded=_("The file was discarded. Your contacts are as they were."),
)


@bp.route("", methods=["GET", "POST"])
@staff_only(Role.ORGANIZER)
@accepts_large_body
def create(staff: StaffContext) -> ResponseReturnValue:
    """Show the upload form; a POST stores the list."""
    return upload_table(CONTACTS, staff)


@bp.route("/<int:upload_id>/columns", methods=["GET", "POST"])
@staff_only(Role.ORGANIZER)
def columns(staff: StaffContext, upload_id: int) -> ResponseReturnValue:
    """Show what the columns are read as; a POST settles them."""
    return ask_for_columns(CONTACTS, staff, None, upload_id)


@bp.get("/<int:upload_id>")
@staff_only(Role.ORGANIZER)
def preview(staff: StaffContext, upload_id: int) -> ResponseReturnValue:
    """Show what an import would do with each row. Nothing is saved yet."""
    return show_preview(CONTACTS, staff, None, upload_id)


@bp.post("/<int:upload_id>")
@staff_only(Role.ORGANIZER)
def apply(staff: StaffContext, upload_id: int) -> ResponseReturnValue:
    """Import the rows that the preview showed. A second press of its button is told so; an address alone finds no list."""
    expected = request.form.get("expected") or abort(404)
    try:
        done = import_contacts(staff, upload_id, expected, now())
    except ListGone as refusal:
        flash(str(refusal), "stop")
    except UserFacingError as refusal:
        flash(str(refusal), "stop")
        return redirect_to(staff, ".preview", upload_id=upload_id)
    else:
        flash(_imported_sentence(done), "good")
    return redirect_to(staff, "contacts.index")


@bp.post("/<int:upload_id>/discard")
@staff_only(Role.ORGANIZER)
def delete(staff: StaffContext, upload_id: int) -> ResponseReturnValue:
    """Delete a list. A second press of its button is told so; an address alone finds no list."""
    request.form.get("expected") or abort(404)
    return discard_table(CONTACTS, staff, None, upload_id)


def _imported_sentence(done: ImportedContacts) -> str:
    """Return what an import did, in a sentence or two."""
    new = ngettext("One contact was added.", "%(num)s contacts were added.", done.new) if done.new else ""
    added_to = (
        ngettext("One contact you had was added to.", "%(num)s contacts you had were added to.", done.added_to)
        if done.added_to
        else ""
    )
    return " ".join(filter(None, (new, added_to)))
