"""Deleted drafts: deleting one, and the list from which drafts are restored for 30 days."""

from flask import Blueprint, abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from letterhub.clock import now
from letterhub.commands.archive.deleted_drafts import delete_draft, restore_draft
from letterhub.domain.accounts.roles import Role
from letterhub.domain.archive import DELETED_DRAFT_RETENTION, CannotDelete, CannotRestore, check_deletable
from letterhub.queries.accounts import StaffContext
from letterhub.queries.archive import deleted_drafts, draft_content, is_letter_of
from letterhub.web.access import get_letter_or_404, redirect_to, staff_only
from letterhub.web.forms import parse_integer

bp = Blueprint("deleted_drafts", __name__)


@bp.route("/letters/<slug>/delete", methods=["GET", "POST"])
@staff_only(Role.ORGANIZER)
def delete(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Say what is deleted with the draft, and delete it. Of a letter that was opened, say what to do instead."""
    header = get_letter_or_404(staff, slug)
    if FlaskForm().validate_on_submit():
        try:
            delete_draft(header.letter_id, actor=staff.actor, staff_id=staff.staff_id, at=now())
        except CannotDelete as refusal:
            flash(str(refusal), "stop")
            return redirect_to(staff, "signing_settings.edit", slug=slug)
        title, days = header.title or _("Untitled letter"), DELETED_DRAFT_RETENTION.days
        flash(_("“%(title)s” is deleted. You can restore it for %(days)s days.", title=title, days=days), "good")
        return redirect_to(staff, ".index")
    try:
        check_deletable(header.state)
        problem = ""
    except CannotDelete as refusal:
        problem = str(refusal)
    return render_template(
        "staff/archive/delete.html", staff=staff, header=header, problem=problem, days=DELETED_DRAFT_RETENTION.days,
        content=None if problem else draft_content(header.letter_id),
    )  # fmt: skip


@bp.get("/deleted-drafts")
@staff_only(Role.ORGANIZER)
def index(staff: StaffContext) -> ResponseReturnValue:
    """List the deleted drafts, each with who deleted it and when it is erased."""
    drafts, page = deleted_drafts(staff.coalition_id, max(request.args.get("page", 1, parse_integer), 1))
    return render_template("staff/archive/deleted_drafts.html", staff=staff, drafts=drafts, page=page)


@bp.post("/deleted-drafts/<int:letter_id>/restore")
@staff_only(Role.ORGANIZER)
def restore(staff: StaffContext, letter_id: int) -> ResponseReturnValue:
    """Restore a draft and go on writing it."""
    try:
        slug = restore_draft(staff.coalition_id, letter_id, actor=staff.actor, at=now())
    except CannotRestore as refusal:
        if not is_letter_of(staff.coalition_id, letter_id):
            abort(404)
        flash(str(refusal), "stop")
        return redirect_to(staff, ".index")
    flash(_("Restored. If its opening was scheduled, that was canceled: schedule it again."), "good")
    return redirect_to(staff, "editor.edit", slug=slug)
