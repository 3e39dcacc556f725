"""List of a letter's signatures in every state, and the page of one signature with its history and actions."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from letterhub.clock import now
from letterhub.commands.signatures.review import correct_name, decline_names, publish_names, return_names
from letterhub.domain.accounts.roles import Role
from letterhub.domain.audit.references import Reference
from letterhub.domain.errors import Refused
from letterhub.domain.letters.deadlines import local_parts
from letterhub.domain.signatures.review import Pick
from letterhub.domain.states import SignatureState
from letterhub.queries.accounts.staff import Desk
from letterhub.queries.audit.log import Act, acts_upon
from letterhub.queries.editions.post_delivery_corrections import delivered_otherwise
from letterhub.queries.letters.header import Room
from letterhub.queries.signatures.inquiries import asked_about
from letterhub.queries.signatures.review import Name, name_by_id, names_in_order, rows_for_table
from letterhub.rendering.tables.names_table import COLUMNS, names_table
from letterhub.web.access import staff_only
from letterhub.web.staff.audit.messages import ChangedValue, changes, sentence
from letterhub.web.staff.letters.header import enter
from letterhub.web.staff.search_params import asked, search_among
from letterhub.web.staff.signatures.decisions import chosen_names, last_decision, tell
from letterhub.web.staff.signatures.evidence_forms import VouchForNameForm
from letterhub.web.staff.signatures.review_forms import CorrectionForm, DeclineForm

pages = Blueprint("names", __name__)

STATES = tuple(SignatureState)


@pages.get("")
@staff_only(Role.REVIEWER)
def listed(desk: Desk, slug: str) -> ResponseReturnValue:
    """List the signatures that match the search."""
    room = enter(desk, slug)
    found = names_in_order(room.letter_id, search_among(STATES))
    return render_template(
        "staff/signatures/index.html",
        desk=desk,
        room=room,
        tab="names",
        found=found,
        states=STATES,
        picks=list(Pick),
        asked=asked(),
    )


@pages.get("/table.csv")
@staff_only(Role.REVIEWER)
def table(desk: Desk, slug: str) -> ResponseReturnValue:
    """Return the signatures that match the search as CSV."""
    room = enter(desk, slug)
    content = names_table(rows_for_table(room.letter_id, search_among(STATES), COLUMNS))
    day, _time = local_parts(now(), room.deadline_zone)
    answer = Response(stream_with_context(content), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{room.slug}-{day}.csv")
    return answer


@pages.route("/<int:number>", methods=["GET", "POST"])
@staff_only(Role.REVIEWER)
def name(desk: Desk, slug: str, number: int) -> ResponseReturnValue:
    """Show one signature; a POST corrects its line."""
    room = enter(desk, slug)
    shown = _name(room, number)
    form = CorrectionForm(shown)
    if form.validate_on_submit():
        try:
            told = correct_name(chosen_names(desk, room, one=number), form.as_correction(), form.seen.data)
        except Refused as refusal:
            flash(str(refusal), "stop")
            return redirect(_address(desk, slug, number), 303)
        flash(_("Corrected. The signatory gets an email about it.") if told else _("Corrected."), "good")
        if delivered := delivered_otherwise(room.letter_id, number, _name(room, number).signatory):
            keeps = _("Edition %(number)s was delivered with the line as it was, and keeps it.", number=delivered.number)
            flash(f"{keeps} {_('Deliver another edition to replace it.')}")
        return redirect(_back(desk, slug, number), 303)
    return render_template(
        "staff/signatures/detail.html", desk=desk, room=room, tab="names", name=shown, form=form,
        why=DeclineForm(formdata=None), vouching=VouchForNameForm(formdata=None), questions=asked_about(number),
        story=_story(room, number), last=last_decision(room), back=request.args.get("back", ""),
    )  # fmt: skip


@pages.post("/<int:number>/publish")
@staff_only(Role.REVIEWER)
def publish(desk: Desk, slug: str, number: int) -> ResponseReturnValue:
    """Publish the signature."""
    room = enter(desk, slug)
    tell(publish_names(chosen_names(desk, room, one=number)), room, SignatureState.PUBLISHED)
    return redirect(_address(desk, slug, number), 303)


@pages.post("/<int:number>/decline")
@staff_only(Role.REVIEWER)
def decline(desk: Desk, slug: str, number: int) -> ResponseReturnValue:
    """Decline the signature. The form has the state that the page showed."""
    room, form = enter(desk, slug), DeclineForm()
    if not form.validate_on_submit():
        flash(_("Say why in a few words. The reason stays in the record."), "stop")
        return redirect(_address(desk, slug, number), 303)
    tell(decline_names(chosen_names(desk, room, one=number), form.reason.data, _seen()), room, SignatureState.DECLINED)
    return redirect(_address(desk, slug, number), 303)


@pages.post("/<int:number>/return")
@staff_only(Role.REVIEWER)
def give_back(desk: Desk, slug: str, number: int) -> ResponseReturnValue:
    """Return the signature to the queue."""
    room = enter(desk, slug)
    tell(return_names(chosen_names(desk, room, one=number), _seen()), room, SignatureState.CONFIRMED)
    return redirect(_address(desk, slug, number), 303)


def _name(room: Room, number: int) -> Name:
    found = name_by_id(room.letter_id, number)
    if found is None:
        abort(404)
    return found


def _story(room: Room, number: int) -> list[tuple[Act, str, tuple[ChangedValue, ...]]]:
    acts = acts_upon(Reference.LETTER.to(room.letter_id), Reference.SIGNATURE.to(number))
    return [(act, sentence(act), tuple(changes(act, room.deadline_zone))) for act in acts]


def _seen() -> SignatureState:
    given = request.form.get("seen", "")
    return SignatureState(given) if given in STATES else abort(400)


def _address(desk: Desk, slug: str, number: int) -> str:
    return url_for("names.name", coalition=desk.coalition, slug=slug, number=number)


def _back(desk: Desk, slug: str, number: int) -> str:
    if request.args.get("back") == "review":
        return url_for("review.queue", coalition=desk.coalition, slug=slug, _anchor=f"name-{number}")
    return _address(desk, slug, number)
