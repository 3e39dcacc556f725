"""Pages of an invitation to sign: the prefilled form, and a way to decline. GET changes nothing."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.commands.invitations.invitations import decline_invitation
from letterhub.domain.signatures.signing import LetterNotOpen, check_open
from letterhub.queries.invitations.invitations import ReceivedInvitation, invitations_of
from letterhub.web.access import Audience, open_to
from letterhub.web.public.signatures.mailed_links import init_link_blueprint, invitation_from_link
from letterhub.web.public.signatures.sign import render_form_page
from letterhub.web.public.signatures.signing_forms import AreYouSureForm, SigningForm, form_data_from_line

bp = init_link_blueprint(Blueprint("invitation", __name__))


@bp.get("/invited/<token>")
@open_to(Audience.LINK_HOLDER)
def detail(token: str) -> ResponseReturnValue:
    """Show the signing form, prefilled with the line that staff or an earlier letter know."""
    invitation = invitation_from_link(token)
    if invitation.declined_at:
        return render_template("public/invitations/declined.html", letter=invitation.letter)
    check_open(invitation.letter.state, invitation.letter.deadline_at, now())
    return _render_page(invitation, token, AreYouSureForm(formdata=None))


@bp.post("/invited/<token>")
@open_to(Audience.LINK_HOLDER)
def decline(token: str) -> ResponseReturnValue:
    """Record that the recipient wants no invitation to this letter."""
    invitation, form = invitation_from_link(token), AreYouSureForm()
    if not form.validate():
        return _render_page(invitation, token, form), 422
    decline_invitation(invitation.id, now())
    return redirect(url_for(".detail", token=token), 303)


@bp.errorhandler(LetterNotOpen)
def _cannot_sign_now(refusal: LetterNotOpen) -> ResponseReturnValue:
    return render_template("public/invitations/closed.html", sentence=str(refusal)), 409


def _render_page(invitation: ReceivedInvitation, token: str, decline_form: AreYouSureForm) -> str:
    """Render the signing form, prefilled from the invitation, beside the form that declines it."""
    form_data = form_data_from_line(invitation.line) | {
        "email": invitation.email,
        "revision": invitation.letter.revision_number,
        "invited": token,
    }
    form = SigningForm(invitation.letter, formdata=None, data=form_data)
    (sent_invitation,) = invitations_of(invitation.letter.id, [invitation.id])
    return render_form_page(
        invitation.letter, form, token=token, ending=decline_form.with_id_prefix("ending"), listed=sent_invitation
    )
