"""The operator's page of invitations to found a coalition: send, send again, revoke."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import current_user
from flask_wtf import FlaskForm
from wtforms import EmailField, StringField
from wtforms.validators import DataRequired, Length

from letterhub.clock import now
from letterhub.commands.operations.coalition_invitations import (
    invite_coalition,
    resend_coalition_invitation,
    revoke_coalition_invitation,
)
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.errors import UserFacingError
from letterhub.domain.operations.coalition_invitations import InvitationState
from letterhub.queries.operations.coalition_invitations import SiteInvitation, coalition_invitation, invitation_page
from letterhub.web.access import Audience, open_to
from letterhub.web.forms import CommandForm, clean_line, parse_integer

bp = Blueprint("coalition_invitations", __name__)

MAX_NAME_LENGTH = 200


class InviteCoalitionForm(CommandForm):
    """Form for the name of a new coalition and the mailbox of its owner."""

    name = StringField(
        _l("Name of the coalition"),
        filters=[clean_line],
        validators=[
            DataRequired(_l("Enter the name that its letters are sent under.")),
            Length(max=MAX_NAME_LENGTH, message=_l("This is longer than 200 characters. Shorten it.")),
        ],
    )
    email = EmailField(
        _l("Email address of its owner"),
        filters=[lambda typed: (typed or "").strip()],
        validators=[
            DataRequired(_l("Enter the address to send the invitation to.")),
            Length(max=254, message=_l("This is too long for an email address. Check its spelling.")),
        ],
    )


@bp.get("")
@open_to(Audience.SITE_OPERATOR)
def index() -> ResponseReturnValue:
    """List the invitations."""
    return _render_list(InviteCoalitionForm())


@bp.post("")
@open_to(Audience.SITE_OPERATOR)
def invite() -> ResponseReturnValue:
    """Invite a mailbox to found a coalition."""
    form = InviteCoalitionForm()
    if not form.validate_on_submit():
        return _render_list(form), 422
    try:
        invite_coalition(form.name.data, form.email.data, actor=_actor(), staff_id=current_user.id, at=now())
    except UserFacingError as refusal:
        form.email.errors = [str(refusal)]
        return _render_list(form), 409
    flash(_("An invitation to %(email)s is on its way.", email=form.email.data), "good")
    return redirect(url_for(".index"), 303)


@bp.post("/<int:invitation_id>/resend")
@open_to(Audience.SITE_OPERATOR)
def resend(invitation_id: int) -> ResponseReturnValue:
    """Mail an invitation again."""
    invitation = _invitation_or_404(invitation_id)
    try:
        resend_coalition_invitation(invitation_id, actor=_actor(), at=now())
    except UserFacingError as refusal:
        flash(str(refusal), "doubt")
    else:
        flash(_("The invitation to %(email)s is on its way again.", email=invitation.email), "good")
    return redirect(url_for(".index"), 303)


@bp.route("/<int:invitation_id>/revoke", methods=["GET", "POST"])
@open_to(Audience.SITE_OPERATOR)
def revoke(invitation_id: int) -> ResponseReturnValue:
    """Ask for confirmation; a POST revokes the invitation."""
    invitation = _invitation_or_404(invitation_id)
    if not FlaskForm().validate_on_submit():
        return render_template("staff/operations/revoke_invitation.html", invitation=invitation, states=InvitationState)
    try:
        revoke_coalition_invitation(invitation_id, actor=_actor(), at=now())
    except UserFacingError as refusal:
        flash(str(refusal), "doubt")
    else:
        flash(_("The invitation to %(email)s no longer works.", email=invitation.email), "good")
    return redirect(url_for(".index"), 303)


def _actor() -> str:
    """Return the operator's reference in the audit log."""
    return ReferenceKind.STAFF.reference(current_user.id)


def _invitation_or_404(invitation_id: int) -> SiteInvitation:
    return coalition_invitation(invitation_id, now()) or abort(404)


def _render_list(form: InviteCoalitionForm) -> str:
    invitations, found = invitation_page(request.args.get("page", 1, parse_integer), now())
    return render_template("staff/operations/invitations.html", invitations=invitations, found=found, form=form)
