"""Team pages: members and roles; owners invite, change and remove members."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from letterhub.clock import now
from letterhub.commands.accounts.sessions import end_sessions_of_member
from letterhub.commands.accounts.staff import change_role, invite_again, invite_staff, remove_member
from letterhub.domain.accounts.roles import Role, RoleChange
from letterhub.domain.errors import Refused
from letterhub.domain.signatures.signing import MailedAlready
from letterhub.infrastructure.links import LIFETIMES, Purpose
from letterhub.queries.accounts.staff import Desk, Member, member_of, member_who_is, team_of
from letterhub.web.access import staff_only
from letterhub.web.staff.accounts.team_forms import InviteStaffForm, RoleForm

pages = Blueprint("team", __name__)


@pages.get("")
@staff_only(Role.REVIEWER)
def people(desk: Desk) -> ResponseReturnValue:
    """List the coalition's staff."""
    return _people(desk, InviteStaffForm())


@pages.post("")
@staff_only(Role.OWNER)
def invite(desk: Desk) -> ResponseReturnValue:
    """Invite someone by email."""
    form = InviteStaffForm()
    if not form.validate_on_submit():
        return _people(desk, form), 422
    try:
        invite_staff(desk.coalition_id, form.email.data.strip(), Role(form.role.data), desk.actor, now())
    except Refused as refusal:
        form.email.errors = [str(refusal)]
        return _people(desk, form), 409
    flash(_("An invitation to %(email)s is on its way.", email=form.email.data.strip()), "good")
    return redirect(url_for(".people", coalition=desk.coalition), 303)


@pages.route("/<int:number>", methods=["GET", "POST"])
@staff_only(Role.OWNER)
def member(desk: Desk, number: int) -> ResponseReturnValue:
    """Show one member; a POST changes the role."""
    one = _member(desk, number)
    form = RoleForm(role=one.role)
    if not form.validate_on_submit():
        return _one(desk, one, form), 422 if form.errors else 200
    try:
        change = change_role(desk.coalition_id, number, Role(form.role.data), desk.actor, now())
    except Refused as refusal:
        form.role.errors = [str(refusal)]
        return _one(desk, one, form), 409
    flash(_changed(change, one.name, form.role.data), "" if change is RoleChange.NONE else "good")
    return redirect(url_for(".people", coalition=desk.coalition), 303)


@pages.post("/<int:number>/invite-again")
@staff_only(Role.OWNER)
def again(desk: Desk, number: int) -> ResponseReturnValue:
    """Mail the invitation again."""
    one = _member(desk, number)
    try:
        invite_again(desk.coalition_id, number, desk.actor, now())
    except MailedAlready as refusal:
        flash(str(refusal), "doubt")
        return redirect(url_for(".member", coalition=desk.coalition, number=number), 303)
    flash(_("The invitation to %(email)s is on its way again.", email=one.email), "good")
    return redirect(url_for(".people", coalition=desk.coalition), 303)


@pages.post("/<int:number>/sign-out-everywhere")
@staff_only(Role.OWNER)
def sign_out_everywhere(desk: Desk, number: int) -> ResponseReturnValue:
    """End all sessions of a member on every device."""
    one = _member(desk, number)
    end_sessions_of_member(desk.coalition_id, number, desk.actor, now())
    flash(_("%(name)s is signed out on every device.", name=one.name), "good")
    return redirect(url_for(".people", coalition=desk.coalition), 303)


@pages.route("/<int:number>/remove", methods=["GET", "POST"])
@staff_only(Role.OWNER)
def remove(desk: Desk, number: int) -> ResponseReturnValue:
    """Ask for confirmation; a POST removes the member."""
    one, form = _member(desk, number), FlaskForm()
    if not form.validate_on_submit():
        return render_template("staff/accounts/remove_member.html", desk=desk, member=one)
    if one.staff_id == desk.staff_id:
        return _left(desk, one)
    remove_member(desk.coalition_id, number, desk.actor, now())
    flash(_("%(name)s is no longer on the team.", name=one.name), "good")
    return redirect(url_for(".people", coalition=desk.coalition), 303)


@pages.route("/leave", methods=["GET", "POST"])
@staff_only(Role.REVIEWER)
def leave(desk: Desk) -> ResponseReturnValue:
    """Ask for confirmation; a POST removes the current user from the team."""
    if not FlaskForm().validate_on_submit():
        return render_template("staff/accounts/leave_team.html", desk=desk)
    return _left(desk, member_who_is(desk))


def _left(desk: Desk, own: Member) -> ResponseReturnValue:
    remove_member(desk.coalition_id, own.membership_id, desk.actor, now())
    flash(_("You are no longer on the team of %(coalition)s.", coalition=desk.name), "good")
    return redirect(url_for("account.own"), 303)


def _changed(change: RoleChange, name: str, role: str) -> str:
    match change:
        case RoleChange.NONE:
            return str(_("%(name)s already has the role %(role)s: nothing was changed.", name=name, role=role))
        case RoleChange.WAITS:
            return str(_("%(name)s will have the role %(role)s on joining.", name=name, role=role))
        case RoleChange.SIGNED_OUT:
            return str(_("%(name)s now has the role %(role)s, and has to sign in again.", name=name, role=role))


def _member(desk: Desk, number: int) -> Member:
    one = member_of(desk.coalition_id, number)
    if one is None:
        abort(404)
    return one


def _people(desk: Desk, form: InviteStaffForm) -> str:
    oldest_good = now() - LIFETIMES[Purpose.JOIN]
    team = team_of(desk.coalition_id)
    return render_template("staff/accounts/team.html", desk=desk, team=team, form=form, oldest_good=oldest_good)


def _one(desk: Desk, one: Member, form: RoleForm) -> str:
    return render_template("staff/accounts/team_member.html", desk=desk, member=one, form=form)
