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
from letterhub.infrastructure.signed_links import LIFETIMES, Purpose
from letterhub.queries.accounts import Member, StaffContext, current_member, member_of, team_of
from letterhub.queries.sign_in_methods import rules_for
from letterhub.web.access import redirect_to, staff_only
from letterhub.web.sign_in.provider import current_provider
from letterhub.web.staff.accounts.team_forms import ROLE_NAMES, InviteStaffForm, RoleForm

bp = Blueprint("team", __name__)


@bp.get("")
@staff_only(Role.REVIEWER)
def index(staff: StaffContext) -> ResponseReturnValue:
    """List the coalition's staff."""
    return _render_list(staff, InviteStaffForm())


@bp.post("")
@staff_only(Role.OWNER)
def invite(staff: StaffContext) -> ResponseReturnValue:
    """Invite someone by email."""
    form = InviteStaffForm()
    if not form.validate_on_submit():
        return _render_list(staff, form), 422
    try:
        invite_staff(staff.coalition_id, form.email.data.strip(), Role(form.role.data), staff.actor, now())
    except UserFacingError as refusal:
        form.email.errors = [str(refusal)]
        return _render_list(staff, form), 409
    flash(_("An invitation to %(email)s is on its way.", email=form.email.data.strip()), "good")
    return redirect_to(staff, ".index")


@bp.route("/<int:membership_id>", methods=["GET", "POST"])
@staff_only(Role.OWNER)
def edit(staff: StaffContext, membership_id: int) -> ResponseReturnValue:
    """Show one member; a POST changes the role."""
    member = _member_or_404(staff, membership_id)
    form = RoleForm(role=member.role)
    if not form.validate_on_submit():
        return _render_member(staff, member, form), 422 if form.errors else 200
    try:
        change = change_role(staff.coalition_id, membership_id, Role(form.role.data), staff.actor, now())
    except UserFacingError as refusal:
        form.role.errors = [str(refusal)]
        return _render_member(staff, member, form), 409
    words = {"name": member.name, "role": str(ROLE_NAMES[Role(form.role.data)])}
    match change:
        case RoleChange.NONE:
            flash(_("%(name)s already has the role %(role)s. Nothing was changed.", **words), "")
        case RoleChange.WAITS:
            flash(_("%(name)s will have the role %(role)s once they join.", **words), "good")
        case RoleChange.SIGNED_OUT:
            flash(_("%(name)s now has the role %(role)s and has to sign in again.", **words), "good")
    return redirect_to(staff, ".index")


@bp.post("/<int:membership_id>/resend-invitation")
@staff_only(Role.OWNER)
def resend_invitation(staff: StaffContext, membership_id: int) -> ResponseReturnValue:
    """Mail the invitation again."""
    member = _member_or_404(staff, membership_id)
    try:
        resend_staff_invitation(staff.coalition_id, membership_id, staff.actor, now())
    except MailedTooOften as refusal:
        flash(str(refusal), "doubt")
        return redirect_to(staff, ".edit", membership_id=membership_id)
    flash(_("The invitation to %(email)s is on its way again.", email=member.email), "good")
    return redirect_to(staff, ".index")


@bp.post("/<int:membership_id>/sign-out-everywhere")
@staff_only(Role.OWNER)
def sign_out_everywhere(staff: StaffContext, membership_id: int) -> ResponseReturnValue:
    """End all sessions of a member on every device."""
    member = _member_or_404(staff, membership_id)
    end_member_sessions(staff.coalition_id, membership_id, staff.actor, now())
    flash(_("%(name)s has been signed out on every device.", name=member.name), "good")
    return redirect_to(staff, ".index")


@bp.route("/<int:membership_id>/remove", methods=["GET", "POST"])
@staff_only(Role.OWNER)
def remove(staff: StaffContext, membership_id: int) -> ResponseReturnValue:
    """Ask for confirmation; a POST removes the member."""
    member, form = _member_or_404(staff, membership_id), FlaskForm()
    if not form.validate_on_submit():
        return render_template("staff/accounts/remove_member.html", staff=staff, member=member)
    if member.staff_id == staff.staff_id:
        return _leave_team(staff, member)
    remove_member(staff.coalition_id, membership_id, staff.actor, now())
    flash(_("%(name)s is no longer on the team.", name=member.name), "good")
    return redirect_to(staff, ".index")


@bp.route("/leave", methods=["GET", "POST"])
@staff_only(Role.REVIEWER)
def leave(staff: StaffContext) -> ResponseReturnValue:
    """Ask for confirmation; a POST removes the current user from the team."""
    if not FlaskForm().validate_on_submit():
        return render_template("staff/accounts/leave_team.html", staff=staff)
    return _leave_team(staff, current_member(staff))


def _leave_team(staff: StaffContext, member: Member) -> ResponseReturnValue:
    remove_member(staff.coalition_id, member.membership_id, staff.actor, now())
    flash(_("You’re no longer on the %(coalition)s team.", coalition=staff.coalition_name), "good")
    return redirect(url_for("account.edit"), 303)


def _member_or_404(staff: StaffContext, membership_id: int) -> Member:
    member = member_of(staff.coalition_id, membership_id)
    if member is None:
        abort(404)
    return member


def _render_list(staff: StaffContext, form: InviteStaffForm) -> str:
    """Render the members, with the form that invites another."""
    oldest_valid = now() - LIFETIMES[Purpose.JOIN]
    team, provider = team_of(staff.coalition_id), current_provider()
    return render_template(
        "staff/accounts/team.html", staff=staff, team=team, form=form, oldest_good=oldest_valid, roles=ROLE_NAMES,
        provider=provider, gives_roles=provider is not None and bool(rules_for(staff.coalition_slug, provider.roles)),
    )  # fmt: skip


def _render_member(staff: StaffContext, member: Member, form: RoleForm) -> str:
    return render_template("staff/accounts/team_member.html", staff=staff, member=member, form=form)
