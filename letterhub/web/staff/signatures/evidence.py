"""Evidence that a signature is real: vouching, asking the organization at another address, and the consent given."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from letterhub.clock import now
from letterhub.commands.signatures.inquiries import ask_second_address
from letterhub.commands.signatures.vouching import Upon, end_vouching, vouch_for_name
from letterhub.domain.accounts.roles import Role
from letterhub.domain.errors import Refused
from letterhub.domain.signatures.inquiries import NotItsDomain
from letterhub.queries.accounts.staff import Desk
from letterhub.queries.letters.header import Room
from letterhub.queries.signatures.evidence import consents_of
from letterhub.queries.signatures.review import Name, name_by_id
from letterhub.web.access import staff_only
from letterhub.web.staff.letters.header import enter
from letterhub.web.staff.signatures.evidence_forms import AskForm, VouchForNameForm

pages = Blueprint("evidence", __name__)


@pages.post("/<int:number>/vouch")
@staff_only(Role.REVIEWER)
def vouch(desk: Desk, slug: str, number: int) -> ResponseReturnValue:
    """Record that the current user vouches for the signature, with a reason."""
    _name(enter(desk, slug), number)
    form = VouchForNameForm()
    if not form.validate_on_submit():
        flash(_("Say in a few words how you know. The reason stays with the name."), "stop")
        return _back(desk, slug, number)
    try:
        vouch_for_name(_upon(desk, number, form.seen.data), form.reason.data)
        flash(_("You vouch for this name. It says so wherever staff see it."), "good")
    except Refused as refusal:
        flash(str(refusal), "stop")
    return _back(desk, slug, number)


@pages.post("/<int:number>/vouch/end")
@staff_only(Role.REVIEWER)
def end_vouch(desk: Desk, slug: str, number: int) -> ResponseReturnValue:
    """End the vouching for the signature."""
    _name(enter(desk, slug), number)
    try:
        end_vouching(_upon(desk, number))
        flash(_("Nobody vouches for this name any more."), "good")
    except Refused as refusal:
        flash(str(refusal), "stop")
    return _back(desk, slug, number)


@pages.route("/<int:number>/ask", methods=["GET", "POST"])
@staff_only(Role.REVIEWER)
def ask(desk: Desk, slug: str, number: int) -> ResponseReturnValue:
    """Ask the organization at another address. A warning about its domain can be overridden."""
    room = enter(desk, slug)
    shown = _name(room, number)
    form, warned = AskForm(), "sure" in request.form
    if request.method == "GET":
        form.seen.data = shown.mark
    elif form.validate():
        try:
            upon = _upon(desk, number, form.seen.data)
            ask_second_address(upon, form.address.data, form.published.data, staff_id=desk.staff_id, sure=form.sure.data)
            flash(_("We are asking %(address)s. The answer will appear here.", address=form.address.data), "good")
            return _back(desk, slug, number)
        except Refused as refusal:
            form.refuse(refusal)
            warned = isinstance(refusal, NotItsDomain)
            form.seen.data = _name(room, number).mark
    page = render_template(
        "staff/signatures/inquiry.html", desk=desk, room=room, tab="names", name=shown, form=form, warned=warned
    )
    return page, 422 if form.errors else 200


@pages.get("/<int:number>/consent")
@staff_only(Role.REVIEWER)
def consent(desk: Desk, slug: str, number: int) -> ResponseReturnValue:
    """Show the consent texts that the signatory saw, word for word."""
    room = enter(desk, slug)
    shown = _name(room, number)
    return render_template(
        "staff/signatures/consent.html", desk=desk, room=room, tab="names", name=shown, given=consents_of(number)
    )


def _name(room: Room, number: int) -> Name:
    return name_by_id(room.letter_id, number) or abort(404)


def _upon(desk: Desk, number: int, seen: str | None = None) -> Upon:
    return Upon(desk.coalition_id, number, seen or "", desk.actor, now())


def _back(desk: Desk, slug: str, number: int) -> ResponseReturnValue:
    return redirect(url_for("names.name", coalition=desk.coalition, slug=slug, number=number, _anchor="known"), 303)
