"""Pages of an invitation to sign: the prefilled form, and a way to decline. GET changes nothing."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.commands.invitations.invitations import decline_invitation
from letterhub.domain.signatures.signing import LetterNotOpen
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
    mine = invitation_from_link(token)
    if mine.declined_at:
        return render_template("public/invitations/declined.html", letter=mine.letter)
    mine.letter.check_open(now())
    return _render_page(mine, token, AreYouSureForm(formdata=None))


@bp.post("/invited/<token>")
@open_to(Audience.LINK_HOLDER)
def decline(token: str) -> ResponseReturnValue:
    """Record that the recipient wants no invitation to this letter."""
    mine, form = invitation_from_link(token), AreYouSureForm()
    if not form.validate():
        return _render_page(mine, token, form), 422
    decline_invitation(mine.id, now())
    return redirect(url_for(".detail", token=token), 303)


@bp.errorhandler(LetterNotOpen)
def _cannot_sign_now(refusal: LetterNotOpen) -> ResponseReturnValue:
    return render_template("public/invitations/closed.html", sentence=str(refusal)), 409


def _render_page(mine: ReceivedInvitation, token: str, ending: AreYouSureForm) -> str:
    typed = form_data_from_line(mine.line) | {"email": mine.email, "revision": mine.letter.revision_number, "invited": token}
    form = SigningForm(mine.letter, formdata=None, data=typed)
    (listed,) = invitations_of(mine.letter.id, mine.id)
    return render_form_page(mine.letter, form, token=token, ending=ending.apart("ending"), listed=listed)
