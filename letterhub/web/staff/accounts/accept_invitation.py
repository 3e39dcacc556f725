"""Page where a staff invitation is accepted. GET shows it; only a POST joins."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import hash_password
from flask_wtf import FlaskForm

from letterhub.clock import now
from letterhub.commands.accounts.staff import join_with_existing_account, join_with_new_account
from letterhub.domain.accounts.roles import AlreadyJoined, NotOnTeam
from letterhub.infrastructure.signed_links import Purpose, current_link_signer
from letterhub.queries.accounts import StaffInvitation, invitation_of
from letterhub.web.access import Audience, open_to
from letterhub.web.staff.accounts.team_forms import JoinForm

bp = Blueprint("accept_invitation", __name__)


@bp.route("/<token>", methods=["GET", "POST"])
@open_to(Audience.LINK_HOLDER)
def accept(token: str) -> ResponseReturnValue:
    """Join with the account of the invited address; a new account gets its name and password here."""
    invitation = _load_invitation(token)
    form = FlaskForm() if invitation.has_account else JoinForm(invitation.staff_id)
    if not form.validate_on_submit():
        return render_template(
            "staff/accounts/accept_invitation.html", invitation=invitation, form=form
        ), 422 if form.errors else 200
    if invitation.has_account:
        join_with_existing_account(invitation.membership_id, invitation.staff_id, now())
    else:
        password_hash = hash_password(form.password.data)
        join_with_new_account(invitation.membership_id, invitation.staff_id, form.name.data, password_hash, now())
    flash(_("You’re on the %(coalition)s team. Sign in to get started.", coalition=invitation.coalition), "good")
    return redirect(url_for("security.login"), 303)


def _load_invitation(token: str) -> StaffInvitation:
    """Return the invitation of a link. Raises NotOnTeam if it was withdrawn and AlreadyJoined if it was accepted."""
    content = current_link_signer().open(Purpose.JOIN, token)
    invitation = invitation_of(*content.subject)
    if invitation is None:
        raise NotOnTeam(_("This invitation was withdrawn. Ask whoever invited you for a new one."))
    content.check_same_row(invitation.account_created_at)
    if invitation.has_joined:
        raise AlreadyJoined(_("You’ve already joined. Sign in to continue."))
    return invitation
