"""Review queue: confirmed signatures with their evidence, decided one by one or together."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from letterhub.commands.signatures.review import decline_names, publish_names, return_names
from letterhub.domain.accounts.roles import Role
from letterhub.domain.signatures.publishing import is_clear
from letterhub.domain.signatures.review import Pick
from letterhub.domain.states import SignatureState
from letterhub.queries.accounts.staff import Desk
from letterhub.queries.signatures.clear_names import clear_names
from letterhub.queries.signatures.review import Name, names_chosen, names_in_queue
from letterhub.web.access import staff_only
from letterhub.web.staff.letters.header import enter
from letterhub.web.staff.search_params import asked, search_among
from letterhub.web.staff.signatures.decisions import chosen_names, last_decision, tell
from letterhub.web.staff.signatures.review_forms import DeclineForm

pages = Blueprint("review", __name__)

WAITING = (SignatureState.CONFIRMED,)
UNDONE = {str(state): state for state in (SignatureState.PUBLISHED, SignatureState.DECLINED)}


@pages.get("")
@staff_only(Role.REVIEWER)
def queue(desk: Desk, slug: str) -> ResponseReturnValue:
    """List the waiting signatures, oldest first."""
    room = enter(desk, slug)
    search = search_among(WAITING)
    return render_template(
        "staff/signatures/review.html", desk=desk, room=room, tab="review", found=names_in_queue(room.letter_id, search),
        search=search, picks=list(Pick), asked=asked(), last=last_decision(room), is_doubtful=is_doubtful,
    )  # fmt: skip


@pages.get("/clear")
@staff_only(Role.REVIEWER)
def clear(desk: Desk, slug: str) -> ResponseReturnValue:
    """Show the signatures without doubts, which may be published together."""
    room = enter(desk, slug)
    return render_template(
        "staff/signatures/clear_names.html", desk=desk, room=room, tab="review", found=clear_names(room.letter_id)
    )


@pages.post("/publish")
@staff_only(Role.REVIEWER)
def publish(desk: Desk, slug: str) -> ResponseReturnValue:
    """Publish the chosen signatures. Several with doubts among them need a confirmation page first, and two of one name or
    organization are never published together.
    """
    room = enter(desk, slug)
    chosen = chosen_names(desk, room)
    if len(chosen.signature_ids) > 1:
        names = names_chosen(room.letter_id, chosen.signature_ids, WAITING)
        rivals = [one for one in names if not chosen.marks.keys().isdisjoint(other.id for other in one.namesakes)]
        others = [one for one in names if one not in rivals]
        if rivals or ("doubts_seen" not in request.form and any(map(is_doubtful, others))):
            return render_template(
                "staff/signatures/doubts.html", desk=desk, room=room, tab="review", asked=asked(), rivals=rivals,
                doubtful=[one for one in others if is_doubtful(one)], clear=[one for one in others if not is_doubtful(one)],
            )  # fmt: skip
    tell(publish_names(chosen), room, SignatureState.PUBLISHED)
    return _back(desk, slug)


def is_doubtful(name: Name) -> bool:
    """Return whether a signature has doubts or was not confirmed at its organization's own mailbox."""
    return not is_clear(name.signatory.kind, name.standing)


@pages.post("/decline")
@staff_only(Role.REVIEWER)
def decline(desk: Desk, slug: str) -> ResponseReturnValue:
    """Decline the chosen signatures. Asks for a reason if there is none."""
    room = enter(desk, slug)
    chosen = chosen_names(desk, room)
    names = names_chosen(room.letter_id, chosen.signature_ids, WAITING)
    said = "reason" in request.form
    form = DeclineForm() if said else DeclineForm(formdata=None)
    if names and not (said and form.validate()):
        return render_template(
            "staff/signatures/decline.html", desk=desk, room=room, tab="review", form=form, names=names, asked=asked()
        )
    tell(decline_names(chosen, form.reason.data), room, SignatureState.DECLINED)
    return _back(desk, slug)


@pages.post("/undo")
@staff_only(Role.REVIEWER)
def undo(desk: Desk, slug: str) -> ResponseReturnValue:
    """Return the signatures of the last decision to the queue."""
    room = enter(desk, slug)
    seen = UNDONE.get(request.form.get("state", ""), SignatureState.PUBLISHED)
    tell(return_names(chosen_names(desk, room), seen), room, SignatureState.CONFIRMED)
    return _back(desk, slug)


def _back(desk: Desk, slug: str) -> ResponseReturnValue:
    return redirect(url_for("review.queue", coalition=desk.coalition, slug=slug, **asked()), 303)
