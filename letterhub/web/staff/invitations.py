"""Invitations to sign a letter: to those who signed others before, and to organizations by name."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from letterhub.clock import now
from letterhub.commands.invitations import Inviting, invite_by_name, invite_contacts
from letterhub.domain.invitations import MOST_AT_ONCE
from letterhub.domain.refusals import Refused
from letterhub.domain.roles import Role
from letterhub.domain.signing import CannotSignNow
from letterhub.queries.contacts import contacts_to_invite
from letterhub.queries.invitations import invitations_of
from letterhub.queries.rooms import Room
from letterhub.queries.staff import Desk
from letterhub.web.access import staff_only
from letterhub.web.numbers import whole_number
from letterhub.web.staff.forms_invitations import InviteOrganizationForm
from letterhub.web.staff.rooms import enter

pages = Blueprint("invitations", __name__)


@pages.get("")
@staff_only(Role.REVIEWER)
def listed(desk: Desk, slug: str) -> ResponseReturnValue:
    """Who may be invited, and who was."""
    return _page(desk, enter(desk, slug), InviteOrganizationForm(formdata=None))


@pages.post("/contacts")
@staff_only(Role.ORGANIZER)
def contacts(desk: Desk, slug: str) -> ResponseReturnValue:
    """Invites the chosen ones of those who signed before."""
    chosen = set(request.form.getlist("chosen", type=whole_number)[:MOST_AT_ONCE])
    try:
        invited = invite_contacts(_inviting(desk, enter(desk, slug)), chosen)
        flash(
            ngettext("One organization is invited by e-mail.", "%(num)s organizations are invited by e-mail.", invited), "good"
        )
    except Refused as refusal:
        flash(str(refusal), "stop")
    return redirect(url_for(".listed", coalition=desk.coalition, slug=slug), 303)


@pages.post("/name")
@staff_only(Role.ORGANIZER)
def by_name(desk: Desk, slug: str) -> ResponseReturnValue:
    """Invites one organization by its name."""
    room, form = enter(desk, slug), InviteOrganizationForm()
    if form.validate():
        try:
            invite_by_name(_inviting(desk, room), form.as_line(), form.email.data)
            flash(_("%(name)s is invited by e-mail.", name=form.organization.data), "good")
            return redirect(url_for(".listed", coalition=desk.coalition, slug=slug), 303)
        except CannotSignNow as refusal:
            flash(str(refusal), "stop")
            return redirect(url_for(".listed", coalition=desk.coalition, slug=slug), 303)
        except Refused as refusal:
            form.refuse(refusal)
    return _page(desk, room, form), 422


def _inviting(desk: Desk, room: Room) -> Inviting:
    return Inviting(room.letter_id, desk.staff_id, desk.actor, now())


def _page(desk: Desk, room: Room, form: InviteOrganizationForm) -> str:
    return render_template(
        "staff/invitations/listed.html", desk=desk, room=room, tab="names", form=form, sent=invitations_of(room.letter_id),
        contacts=contacts_to_invite(desk.coalition_id, room.letter_id, MOST_AT_ONCE),
        may_invite=desk.role.covers(Role.ORGANIZER) and room.state == "open",
    )  # fmt: skip
