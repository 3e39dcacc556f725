"""Archiving a letter, and returning it to the working list."""

from flask import Blueprint, flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from letterhub.clock import now
from letterhub.commands.archive.archived_letters import archive_letter, unarchive_letter
from letterhub.domain.accounts.roles import Role
from letterhub.domain.archive import CannotArchive
from letterhub.queries.accounts import StaffContext
from letterhub.web.access import get_letter_or_404, redirect_to, staff_only

bp = Blueprint("archived_letters", __name__)


@bp.post("/archive")
@staff_only(Role.ORGANIZER)
def create(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Archive the letter and show the working list without it."""
    header = get_letter_or_404(staff, slug)
    try:
        archive_letter(header.letter_id, actor=staff.actor, at=now())
    except CannotArchive as refusal:
        flash(str(refusal), "stop")
        return redirect_to(staff, "signing_settings.edit", slug=slug)
    flash(_("“%(title)s” is archived. You find it under Archived; its public page stays.", title=header.title), "good")
    return redirect_to(staff, "dashboard.index")


@bp.post("/unarchive")
@staff_only(Role.ORGANIZER)
def delete(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Return the letter to the working list."""
    unarchive_letter(get_letter_or_404(staff, slug).letter_id, actor=staff.actor, at=now())
    flash(_("This letter is back in the list of letters."), "good")
    return redirect_to(staff, "signing_settings.edit", slug=slug)
