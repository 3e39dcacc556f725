"""Page that compares two signatures of one organization with their evidence, to choose the real one."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from letterhub.clock import now
from letterhub.commands.signatures.review import Chosen, decline_names, publish_names
from letterhub.domain.accounts.roles import Role
from letterhub.domain.states import SignatureState
from letterhub.queries.accounts.staff import Desk
from letterhub.queries.letters.header import Room
from letterhub.queries.signatures.proof_levels import proofs_of
from letterhub.queries.signatures.review import Name, name_by_id
from letterhub.web.access import staff_only
from letterhub.web.converters import whole_number
from letterhub.web.staff.letters.header import enter
from letterhub.web.staff.signatures.decisions import tell
from letterhub.web.staff.signatures.review_forms import DeclineForm

pages = Blueprint("beside", __name__)


@pages.route("/<int:number>/beside/<int:other>", methods=["GET", "POST"])
@staff_only(Role.REVIEWER)
def compare(desk: Desk, slug: str, number: int, other: int) -> ResponseReturnValue:
    """Show both signatures; a POST publishes the chosen one and declines the other."""
    room = enter(desk, slug)
    both = _both(room, number, other)
    form = DeclineForm()
    if form.validate_on_submit():
        kept = next((one for one in both if one.id == request.form.get("own", 0, whole_number)), None)
        if kept is not None:
            _decide(desk, room, kept, next(one for one in both if one is not kept), str(form.reason.data))
            return redirect(url_for("review.queue", coalition=desk.coalition, slug=slug), 303)
        flash(_("Choose which of the two is the organization’s own."), "stop")
    return render_template(
        "staff/signatures/comparison.html", desk=desk, room=room, tab="review", both=both, form=form,
        proofs=proofs_of([one.id for one in both]),
    ), 422 if request.method == "POST" else 200  # fmt: skip


def _both(room: Room, number: int, other: int) -> tuple[Name, Name]:
    first, second = name_by_id(room.letter_id, number), name_by_id(room.letter_id, other)
    if first is None or second is None or second.id not in {one.id for one in first.namesakes}:
        abort(404)
    return first, second


def _decide(desk: Desk, room: Room, kept: Name, other: Name, reason: str) -> None:
    tell(decline_names(_chosen(desk, room, other), reason, other.state), room, SignatureState.DECLINED)
    if kept.state is SignatureState.CONFIRMED:
        tell(publish_names(_chosen(desk, room, kept)), room, SignatureState.PUBLISHED)


def _chosen(desk: Desk, room: Room, name: Name) -> Chosen:
    seen = request.form.get(f"mark-{name.id}", "")
    return Chosen(desk.coalition_id, room.letter_id, (name.id,), desk.actor, now(), {name.id: seen})
