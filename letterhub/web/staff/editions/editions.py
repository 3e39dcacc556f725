"""Editions tab: the preview before freezing, the frozen editions and their files."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from letterhub.clock import now
from letterhub.commands.editions.freeze import freeze, retry_file
from letterhub.domain.accounts.roles import Role
from letterhub.domain.editions.edition import FileFormat, check_freezable
from letterhub.domain.errors import UserFacingError
from letterhub.queries.accounts.staff import StaffContext
from letterhub.queries.editions.deliveries import deliveries_of
from letterhub.queries.editions.diff import compare_editions
from letterhub.queries.editions.editions import edition_file_id, edition_preview, editions_of, file_content
from letterhub.queries.editions.post_delivery_corrections import count_corrected_since_delivery
from letterhub.queries.letters.revisions import signature_counts
from letterhub.queries.signatures.consent_renewal import old_consents
from letterhub.queries.signatures.duplicates import listed_duplicates
from letterhub.web.access import staff_only
from letterhub.web.forms import new_idempotency_key
from letterhub.web.staff.editions.delivery_forms import DELIVERY_METHODS
from letterhub.web.staff.letters.header import get_letter_or_404

bp = Blueprint("editions", __name__)

FORMATS = ", ".join(FileFormat)


@bp.get("")
@staff_only(Role.REVIEWER)
def listed(desk: StaffContext, slug: str) -> ResponseReturnValue:
    """List the editions of the letter, newest first."""
    room = get_letter_or_404(desk, slug)
    editions = editions_of(room.letter_id)
    drawing = not all(edition.is_drawn for edition in editions)
    return render_template(
        "staff/editions/index.html", desk=desk, room=room, tab="editions", editions=editions, drawing=drawing,
        deliveries=deliveries_of(room.letter_id), corrected=count_corrected_since_delivery(room.letter_id),
        ways=DELIVERY_METHODS,
        may_deliver=desk.role.covers(Role.ORGANIZER), at=now(),
    )  # fmt: skip


@bp.get("/<int:before>/compared/<int:after>")
@staff_only(Role.REVIEWER)
def compare(desk: StaffContext, slug: str, before: int, after: int) -> ResponseReturnValue:
    """Show the differences between two editions."""
    room = get_letter_or_404(desk, slug)
    both = compare_editions(room.letter_id, before, after) or abort(404)
    return render_template("staff/editions/compare.html", desk=desk, room=room, tab="editions", compared=both)


@bp.get("/freeze")
@staff_only(Role.REVIEWER)
def proof(desk: StaffContext, slug: str) -> ResponseReturnValue:
    """Show what an edition would print, and what prevents it, before freezing."""
    room = get_letter_or_404(desk, slug)
    try:
        check_freezable(room.state)
    except UserFacingError as refusal:
        flash(str(refusal), "stop")
        return _redirect_to_editions(desk, slug)
    return render_template(
        "staff/editions/proof.html", desk=desk, room=room, tab="editions", proof=edition_preview(room.letter_id), at=now(),
        consents=old_consents(room.letter_id, now()), tally=signature_counts(room.letter_id), once=new_idempotency_key(),
        twice=listed_duplicates(room.letter_id),
    )  # fmt: skip


@bp.post("/freeze")
@staff_only(Role.REVIEWER)
def keep(desk: StaffContext, slug: str) -> ResponseReturnValue:
    """Freeze what the page showed, once per form."""
    room, (shown, once) = get_letter_or_404(desk, slug), (request.form.get(name, "") for name in ("shown", "once"))
    proof = url_for("editions.proof", coalition=desk.coalition, slug=slug)
    if not once:
        return redirect(proof, 303)
    try:
        number = freeze(room.letter_id, shown, actor=desk.actor, staff_id=desk.staff_id, at=now(), once=once)
    except UserFacingError as refusal:
        flash(str(refusal), "stop")
        return redirect(proof, 303)
    flash(_("Edition %(number)s is frozen.", number=number), "good")
    return _redirect_to_editions(desk, slug)


@bp.get(f"/<int:number>/<any({FORMATS}):form>")
@staff_only(Role.REVIEWER)
def file(desk: StaffContext, slug: str, number: int, form: str) -> ResponseReturnValue:
    """Return a finished file, the same bytes for as long as the edition exists."""
    content = file_content(get_letter_or_404(desk, slug).letter_id, number, FileFormat(form))
    if content is None:
        abort(404)
    answer = Response(content.data, mimetype=content.media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=content.name)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.set_etag(content.sha256)
    return answer.make_conditional(request)


@bp.post(f"/<int:number>/<any({FORMATS}):form>/again")
@staff_only(Role.REVIEWER)
def again(desk: StaffContext, slug: str, number: int, form: str) -> ResponseReturnValue:
    """Queue a failed file again."""
    file_id = edition_file_id(get_letter_or_404(desk, slug).letter_id, number, FileFormat(form))
    if file_id is None:
        abort(404)
    retry_file(file_id, at=now())
    flash(_("The file was queued again."), "good")
    return _redirect_to_editions(desk, slug)


def _redirect_to_editions(desk: StaffContext, slug: str) -> ResponseReturnValue:
    return redirect(url_for("editions.listed", coalition=desk.coalition, slug=slug), 303)
