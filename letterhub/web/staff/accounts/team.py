"""Team pages: members and roles; owners invite, change and remove members."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from letterhub.clock import now
from letterhub.commands.accounts.sessions import end_member_sessions
from letterhub.commands.accounts.staff import change_role, invite_staff, remove_member, resend_staff_invitation
from letterhub.domain.accounts.roles import Role, RoleChange
from letterhub.domain.errors import UserFacingError
from letterhub.domain.signatures.signing import MailedTooOften
from letterhub.infrastructure.links import LIFETIMES, Purpose
from letterhub.queries.accounts.staff import Member, StaffContext, current_member, member_of, team_of
from letterhub.web.access import staff_only
from letterhub.web.staff.accounts.team_forms import InviteStaffForm, RoleForm

bp = Blueprint("team", __name__)


@bp.get("")
@staff_only(Role.REVIEWER)
def people(desk: StaffContext) -> ResponseReturnValue:
    """List the coalition's staff."""
    return _render_list(desk, InviteStaffForm())


@bp.post("")
@staff_only(Role.OWNER)
def invite(desk: StaffContext) -> ResponseReturnValue:
    """Invite someone by email."""
    form = InviteStaffForm()
    if not form.validate_on_submit():
        return _render_list(desk, form), 422
    try:
        invite_staff(desk.coalition_id, form.email.data.strip(), Role(form.role.data), desk.actor, now())
    except UserFacingError as refusal:
        form.email.errors = [str(refusal)]
        return _render_list(desk, form), 409
    flash(_("An invitation to %(email)s is on its way.", email=form.email.data.strip()), "good")
    return redirect(url_for(".people", coalition=desk.coalition), 303)


@bp.route("/<int:number>", methods=["GET", "POST"])
@staff_only(Role.OWNER)
def member(desk: StaffContext, number: int) -> ResponseReturnValue:
    """Show one member; a POST changes the role."""
    one = _member_or_404(desk, number)
    form = RoleForm(role=one.role)
    if not form.validate_on_submit():
        return _render_member(desk, one, form), 422 if form.errors else 200
    try:
        change = change_role(desk.coalition_id, number, Role(form.role.data), desk.actor, now())
    except UserFacingError as refusal:
        form.role.errors = [str(refusal)]
        return _render_member(desk, one, form), 409
    flash(_role_change_sentence(change, one.name, form.role.data), "" if change is RoleChange.NONE else "good")
    return redirect(url_for(".people", coalition=desk.coalition), 303)


@bp.post("/<int:number>/invite-again")
@staff_only(Role.OWNER)
def again(desk: StaffContext, number: int) -> ResponseReturnValue:
    """Mail the invitation again."""
    one = _member_or_404(desk, number)
    try:
        resend_staff_invitation(desk.coalition_id, number, desk.actor, now())
    except MailedTooOften as refusal:
        flash(str(refusal), "doubt")
        return redirect(url_for(".member", coalition=desk.coalition, number=number), 303)
    flash(_("The invitation to %(email)s is on its way again.", email=one.email), "good")
    return redirect(url_for(".people", coalition=desk.coalition), 303)


@bp.post("/<int:number>/sign-out-everywhere")
@staff_only(Role.OWNER)
def sign_out_everywhere(desk: StaffContext, number: int) -> ResponseReturnValue:
    """End all sessions of a member on every device."""
    one = _member_or_404(desk, number)
    end_member_sessions(desk.coalition_id, number, desk.actor, now())
    flash(_("%(name)s is signed out on every device.", name=one.name), "good")
    return redirect(url_for(".people", coalition=desk.coalition), 303)


@bp.route("/<int:number>/remove", methods=["GET", "POST"])
@staff_only(Role.OWNER)
def remove(desk: StaffContext, number: int) -> ResponseReturnValue:
    """Ask for confirmation; a POST removes the member."""
    one, form = _member_or_404(desk, number), FlaskForm()
    if not form.validate_on_submit():
        return render_template("staff/accounts/remove_member.html", desk=desk, member=one)
    if one.staff_id == desk.staff_id:
        return _leave_team(desk, one)
    remove_member(desk.coalition_id, number, desk.actor, now())
    flash(_("%(name)s is no longer on the team.", name=one.name), "good")
    return redirect(url_for(".people", coalition=desk.coalition), 303)


@bp.route("/leave", methods=["GET", "POST"])
@staff_only(Role.REVIEWER)
def leave(desk: StaffContext) -> ResponseReturnValue:
    """Ask for confirmation; a POST removes the current user from the team."""
    if not FlaskForm().validate_on_submit():
        return render_template("staff/accounts/leave_team.html", desk=desk)
    return _leave_team(desk, current_member(desk))


def _leave_team(desk: StaffContext, own: Member) -> ResponseReturnValue:
    remove_member(desk.coalition_id, own.membership_id, desk.actor, now())
    flash(_("You are no longer on the team of %(coalition)s.", coalition=desk.name), "good")
    return redirect(url_for("account.own"), 303)


def _role_change_sentence(change: RoleChange, name: str, role: str) -> str:
    match change:
        case RoleChange.NONE:
            return str(_("%(name)s already has the role %(role)s: nothing was changed.", name=name, role=role))
        case RoleChange.WAITS:
            return str(_("%(name)s will have the role %(role)s on joining.", name=name, role=role))
        case RoleChange.SIGNED_OUT:
            return str(_("%(name)s now has the role %(role)s, and has to sign in again.", name=name, role=role))


def _member_or_404(desk: StaffContext, number: int) -> Member:
    one = member_of(desk.coalition_id, number)
    if one is None:
        abort(404)
    return one


def _render_list(desk: StaffContext, form: InviteStaffForm) -> str:
    oldest_good = now() - LIFETIMES[Purpose.JOIN]
    team = team_of(desk.coalition_id)
    return render_template("staff/accounts/team.html", desk=desk, team=team, form=form, oldest_good=oldest_good)


def _render_member(desk: StaffContext, one: Member, form: RoleForm) -> str:
    return render_template("staff/accounts/team_member.html", desk=desk, member=one, form=form)
