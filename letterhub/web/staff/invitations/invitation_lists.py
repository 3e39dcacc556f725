"""Lists of organizations to invite: upload, columns, preview of each row, then invite or discard."""

from flask import Blueprint, flash, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from letterhub.clock import now
from letterhub.commands.invitations.invitations import InvitationContext, invite_uploaded_list
from letterhub.commands.invitations.table_uploads import discard_upload
from letterhub.domain.accounts.roles import Role
from letterhub.domain.invitations.invitation import MAX_INVITATIONS_AT_ONCE
from letterhub.intake.tables.target_fields import INVITATION_FIELDS
from letterhub.queries.accounts import StaffContext
from letterhub.queries.invitations.invitation_preview import invitation_preview
from letterhub.queries.signatures.signatory_import import TableOwner, check_accepts_imports
from letterhub.web.access import accepts_large_body, flash_errors, get_letter_or_404, redirect_to, staff_only
from letterhub.web.staff.invitations.invitations import invited_sentence, takes_invitations
from letterhub.web.staff.invitations.uploads import (
    TableImport,
    ask_for_columns,
    discard_table,
    show_preview,
    upload_table,
)

bp = Blueprint("invitation_lists", __name__)
INVITATIONS = TableImport(
    blueprint="invitation_lists",
    fields=INVITATION_FIELDS,
    check=check_accepts_imports,
    preview=invitation_preview,
    templates="staff/invitations/list",
    tab="invitations",
    discarded=_("The file was discarded. Nobody was invited."),
)


@bp.route("", methods=["GET", "POST"])
@staff_only(Role.ORGANIZER)
@accepts_large_body
def create(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Show the upload form; a POST stores the list."""
    return upload_table(INVITATIONS, staff, slug)


@bp.route("/<int:upload_id>/columns", methods=["GET", "POST"])
@staff_only(Role.ORGANIZER)
def columns(staff: StaffContext, slug: str, upload_id: int) -> ResponseReturnValue:
    """Show what the columns are read as; a POST settles them."""
    return ask_for_columns(INVITATIONS, staff, slug, upload_id)


@bp.get("/<int:upload_id>")
@staff_only(Role.ORGANIZER)
def preview(staff: StaffContext, slug: str, upload_id: int) -> ResponseReturnValue:
    """Show which organizations of a list would be invited. Nothing is sent yet."""
    may_invite = takes_invitations(get_letter_or_404(staff, slug))
    return show_preview(INVITATIONS, staff, slug, upload_id, most=MAX_INVITATIONS_AT_ONCE, may_invite=may_invite)


@bp.post("/<int:upload_id>")
@staff_only(Role.ORGANIZER)
def apply(staff: StaffContext, slug: str, upload_id: int) -> ResponseReturnValue:
    """Invite the organizations that the preview showed. The list is deleted when it holds no others."""
    header, count = get_letter_or_404(staff, slug), 0
    context = InvitationContext(header.letter_id, staff.staff_id, staff.actor, now())
    with flash_errors():
        count = invite_uploaded_list(context, upload_id, expected=request.form.get("expected", ""))
        flash(invited_sentence(count, header), "good")
    remaining = invitation_preview(header.letter_id, upload_id)
    if remaining is None or (count and not remaining.rows_to_apply):
        discard_upload(TableOwner(header.letter_id), upload_id)
        return redirect_to(staff, "invitations.index", slug=slug)
    return redirect_to(staff, ".preview", slug=slug, upload_id=upload_id)


@bp.post("/<int:upload_id>/discard")
@staff_only(Role.ORGANIZER)
def delete(staff: StaffContext, slug: str, upload_id: int) -> ResponseReturnValue:
    """Delete a list."""
    return discard_table(INVITATIONS, staff, slug, upload_id)
