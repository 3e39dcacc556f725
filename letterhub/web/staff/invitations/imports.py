"""Import of signatories: upload, preview of each row, then apply or discard."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from letterhub.clock import now
from letterhub.commands.invitations.imports import drop_upload, import_upload, keep_upload
from letterhub.domain.accounts.roles import Role
from letterhub.domain.errors import Refused
from letterhub.domain.invitations.imports import Fate
from letterhub.domain.paging import page_within
from letterhub.queries.accounts.staff import Desk
from letterhub.queries.invitations.imports import Rehearsal, rehearsal
from letterhub.queries.letters.header import Room
from letterhub.web.access import staff_only, takes_much
from letterhub.web.converters import whole_number
from letterhub.web.staff.invitations.import_forms import UploadForm
from letterhub.web.staff.letters.header import enter

pages = Blueprint("importing", __name__)

SHOWN = 100


@pages.route("", methods=["GET", "POST"])
@staff_only(Role.REVIEWER)
@takes_much
def upload(desk: Desk, slug: str) -> ResponseReturnValue:
    """Show the upload form; a POST stores the file and shows its preview."""
    room, form = enter(desk, slug), UploadForm()
    if form.validate_on_submit():
        try:
            number = keep_upload(room.letter_id, form.name, form.content, staff_id=desk.staff_id, at=now())
            return redirect(url_for("importing.rehearse", coalition=desk.coalition, slug=slug, number=number), 303)
        except Refused as refusal:
            form.file.errors = (str(refusal),)
    return render_template("staff/invitations/import_upload.html", desk=desk, room=room, tab="names", form=form)


@pages.get("/<int:number>")
@staff_only(Role.REVIEWER)
def rehearse(desk: Desk, slug: str, number: int) -> ResponseReturnValue:
    """Show what an import would do with each row. Nothing is imported yet."""
    room = enter(desk, slug)
    shown = _rehearsal(room, number)
    asked = request.args.get("fate", "")
    fate = Fate(asked) if asked in list(Fate) else None
    rows = shown.of(fate) if fate else shown.rows
    page = page_within(request.args.get("page", 1, type=whole_number), len(rows), SHOWN)
    return render_template(
        "staff/invitations/import_preview.html", desk=desk, room=room, tab="names", number=number, shown=shown, fate=fate,
        fates=list(Fate), rows=rows[(page - 1) * SHOWN : page * SHOWN], total=len(rows), page=page, size=SHOWN,
    )  # fmt: skip


@pages.post("/<int:number>")
@staff_only(Role.REVIEWER)
def keep(desk: Desk, slug: str, number: int) -> ResponseReturnValue:
    """Import the new signatories that the preview showed."""
    room = enter(desk, slug)
    expected = request.form.get("expected", "")
    try:
        count = import_upload(room.letter_id, number, expected=expected, actor=desk.actor, at=now())
    except Refused as refusal:
        flash(str(refusal), "stop")
        return redirect(url_for("importing.upload", coalition=desk.coalition, slug=slug), 303)
    flash(ngettext("One name is in the queue.", "%(num)s names are in the queue.", count), "good")
    return redirect(url_for("review.queue", coalition=desk.coalition, slug=slug), 303)


@pages.post("/<int:number>/drop")
@staff_only(Role.REVIEWER)
def drop(desk: Desk, slug: str, number: int) -> ResponseReturnValue:
    """Delete an uploaded file."""
    drop_upload(enter(desk, slug).letter_id, number)
    flash(_("The file is discarded. Nothing was imported."))
    return redirect(url_for("importing.upload", coalition=desk.coalition, slug=slug), 303)


def _rehearsal(room: Room, number: int) -> Rehearsal:
    found = rehearsal(room.letter_id, number)
    if found is None:
        abort(404)
    return found
