"""Editions tab: the preview before freezing, the frozen editions and their files."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from letterhub.clock import now
from letterhub.commands.editions.freeze import draw_again, freeze
from letterhub.domain.accounts.roles import Role
from letterhub.domain.editions.edition import Format, check_freezable
from letterhub.domain.errors import Refused
from letterhub.queries.accounts.staff import Desk
from letterhub.queries.editions.deliveries import deliveries_of
from letterhub.queries.editions.diff import compared
from letterhub.queries.editions.editions import content_of, editions_of, file_of, proof_of
from letterhub.queries.editions.post_delivery_corrections import corrected_since_delivery
from letterhub.queries.letters.revisions import tally_of
from letterhub.queries.signatures.consent_renewal import old_consents
from letterhub.queries.signatures.duplicates import listed_twice
from letterhub.web.access import staff_only
from letterhub.web.forms import new_word
from letterhub.web.staff.editions.delivery_forms import WAYS
from letterhub.web.staff.letters.header import enter

pages = Blueprint("editions", __name__)

FORMATS = ", ".join(Format)


@pages.get("")
@staff_only(Role.REVIEWER)
def listed(desk: Desk, slug: str) -> ResponseReturnValue:
    """List the editions of the letter, newest first."""
    room = enter(desk, slug)
    editions = editions_of(room.letter_id)
    drawing = not all(edition.is_drawn for edition in editions)
    return render_template(
        "staff/editions/index.html", desk=desk, room=room, tab="editions", editions=editions, drawing=drawing,
        deliveries=deliveries_of(room.letter_id), corrected=corrected_since_delivery(room.letter_id), ways=WAYS,
        may_deliver=desk.role.covers(Role.ORGANIZER), at=now(),
    )  # fmt: skip


@pages.get("/<int:before>/compared/<int:after>")
@staff_only(Role.REVIEWER)
def compare(desk: Desk, slug: str, before: int, after: int) -> ResponseReturnValue:
    """Show the differences between two editions."""
    room = enter(desk, slug)
    both = compared(room.letter_id, before, after) or abort(404)
    return render_template("staff/editions/compare.html", desk=desk, room=room, tab="editions", compared=both)


@pages.get("/freeze")
@staff_only(Role.REVIEWER)
def proof(desk: Desk, slug: str) -> ResponseReturnValue:
    """Show what an edition would print, and what prevents it, before freezing."""
    room = enter(desk, slug)
    try:
        check_freezable(room.state)
    except Refused as refusal:
        flash(str(refusal), "stop")
        return _back(desk, slug)
    return render_template(
        "staff/editions/proof.html", desk=desk, room=room, tab="editions", proof=proof_of(room.letter_id), at=now(),
        consents=old_consents(room.letter_id, now()), tally=tally_of(room.letter_id), once=new_word(),
        twice=listed_twice(room.letter_id),
    )  # fmt: skip


@pages.post("/freeze")
@staff_only(Role.REVIEWER)
def keep(desk: Desk, slug: str) -> ResponseReturnValue:
    """Freeze what the page showed, once per form."""
    room, (shown, once) = enter(desk, slug), (request.form.get(name, "") for name in ("shown", "once"))
    proof = url_for("editions.proof", coalition=desk.coalition, slug=slug)
    if not once:
        return redirect(proof, 303)
    try:
        number = freeze(room.letter_id, shown, actor=desk.actor, staff_id=desk.staff_id, at=now(), once=once)
    except Refused as refusal:
        flash(str(refusal), "stop")
        return redirect(proof, 303)
    flash(_("Edition %(number)s is frozen.", number=number), "good")
    return _back(desk, slug)


@pages.get(f"/<int:number>/<any({FORMATS}):form>")
@staff_only(Role.REVIEWER)
def file(desk: Desk, slug: str, number: int, form: str) -> ResponseReturnValue:
    """Return a finished file, the same bytes for as long as the edition exists."""
    content = content_of(enter(desk, slug).letter_id, number, Format(form))
    if content is None:
        abort(404)
    answer = Response(content.data, mimetype=content.media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=content.name)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.set_etag(content.sha256)
    return answer.make_conditional(request)


@pages.post(f"/<int:number>/<any({FORMATS}):form>/again")
@staff_only(Role.REVIEWER)
def again(desk: Desk, slug: str, number: int, form: str) -> ResponseReturnValue:
    """Queue a failed file again."""
    file_id = file_of(enter(desk, slug).letter_id, number, Format(form))
    if file_id is None:
        abort(404)
    draw_again(file_id, at=now())
    flash(_("The file was queued again."), "good")
    return _back(desk, slug)


def _back(desk: Desk, slug: str) -> ResponseReturnValue:
    return redirect(url_for("editions.listed", coalition=desk.coalition, slug=slug), 303)
