"""Page where an invited mailbox founds its coalition and becomes its owner. GET shows it; only a POST founds."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import hash_password
from wtforms import Form, StringField
from wtforms.validators import DataRequired, Length

from letterhub.clock import now
from letterhub.commands.operations.coalition_invitations import found_invited_coalition
from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.slugs import slugify
from letterhub.domain.operations.coalition_invitations import InvitationEnded, InvitationState
from letterhub.infrastructure.signed_links import ExpiredLink, Purpose, current_link_signer, current_settings
from letterhub.queries.operations.coalition_invitations import FoundingInvitation, founding_invitation
from letterhub.web.access import Audience, open_to
from letterhub.web.forms import CommandForm, clean_line
from letterhub.web.staff.accounts.team_forms import JoinForm

bp = Blueprint("founding", __name__)


class CoalitionFields(Form):  # type: ignore[misc]
    """Fields of a new coalition: its name and the last part of its addresses."""

    coalition = StringField(
        _l("Name of the coalition"),
        filters=[clean_line],
        validators=[
            DataRequired(_l("Enter the name that your letters are sent under.")),
            Length(max=200, message=_l("This is longer than 200 characters. Shorten it.")),
        ],
    )
    slug = StringField(
        _l("Web address"),
        filters=[clean_line],
        validators=[
            DataRequired(_l("Enter the last part of the coalition’s web address.")),
            Length(max=60, message=_l("Use lowercase letters, digits and single hyphens, at most 60 characters.")),
        ],
    )


class FoundingForm(CoalitionFields, CommandForm):
    """Form for an owner who has an account."""


class FoundingWithAccountForm(CoalitionFields, JoinForm, CommandForm):
    """Form for an owner who chooses a name and a password too."""

    def account(self) -> str:
        """Return the rate-limit account of the invited person."""
        return f"founding {self.staff_id}"


@bp.route("/<token>", methods=["GET", "POST"])
@open_to(Audience.LINK_HOLDER)
def found(token: str) -> ResponseReturnValue:
    """Show the form; a POST founds the coalition."""
    invitation = _load_invitation(token)
    values = {"coalition": invitation.name, "slug": slugify(invitation.name)}
    form: Any = FoundingForm(data=values) if invitation.has_account else FoundingWithAccountForm(invitation.id, data=values)
    if not form.validate_on_submit():
        return _render_form(invitation, form), 422 if form.errors else 200
    account = {} if invitation.has_account else {
        "person": form.name.data, "password_hash": hash_password(form.password.data),
    }  # fmt: skip
    try:
        found_invited_coalition(invitation.id, form.coalition.data, form.slug.data, now(), **account)
    except InvitationEnded:
        raise
    except UserFacingError as refusal:
        form.add_error(refusal)
        return _render_form(invitation, form), 409
    flash(_("%(coalition)s is set up. Sign in to write its first letter.", coalition=form.coalition.data), "good")
    return redirect(url_for("security.login", next=url_for("dashboard.index", coalition=form.slug.data)), 303)


def _load_invitation(token: str) -> FoundingInvitation:
    """Return the invitation of a link. Raises InvitationEnded if it was revoked or accepted, and ExpiredLink."""
    try:
        content = current_link_signer().open(Purpose.FOUNDING, token)
    except ExpiredLink as expired:
        sentence = _("This link has expired. Ask the site’s operator to send it again.")
        raise ExpiredLink(sentence, expired.opened) from expired
    invitation = founding_invitation(content.subject[0], now())
    if invitation is None:
        raise InvitationEnded(accepted=False)
    content.check_same_row(invitation.created_at)
    if invitation.state in (InvitationState.ACCEPTED, InvitationState.REVOKED):
        raise InvitationEnded(accepted=invitation.state is InvitationState.ACCEPTED)
    return invitation


def _render_form(invitation: FoundingInvitation, form: Any) -> str:
    return render_template(
        "staff/operations/found.html", invitation=invitation, form=form, public_url=current_settings().public_url
    )
