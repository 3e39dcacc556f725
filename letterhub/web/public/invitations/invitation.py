"""Pages of an invitation to sign: the prefilled form, and a way to decline. GET changes nothing."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.commands.invitations.invitations import decline_invitation
from letterhub.domain.signatures.signing import CannotSignNow
from letterhub.queries.invitations.invitations import Invited, invitations_of
from letterhub.web.access import Audience, open_to
from letterhub.web.public.signatures.forms import EndingForm, SigningForm, typed_from
from letterhub.web.public.signatures.link_pages import behind_links, invitation_behind
from letterhub.web.public.signatures.sign import form_page

pages = behind_links(Blueprint("inviting", __name__))


@pages.get("/invited/<token>")
@open_to(Audience.LINK_HOLDER)
def invited(token: str) -> ResponseReturnValue:
    """Show the signing form, prefilled with the line that staff or an earlier letter know."""
    mine = invitation_behind(token)
    if mine.declined_at:
        return render_template("public/invitations/declined.html", letter=mine.letter)
    mine.letter.check_open(now())
    return _page(mine, token, EndingForm(formdata=None))


@pages.post("/invited/<token>")
@open_to(Audience.LINK_HOLDER)
def decline(token: str) -> ResponseReturnValue:
    """Record that the recipient wants no invitation to this letter."""
    mine, form = invitation_behind(token), EndingForm()
    if not form.validate():
        return _page(mine, token, form), 422
    decline_invitation(mine.id, now())
    return redirect(url_for(".invited", token=token), 303)


@pages.errorhandler(CannotSignNow)
def _not_now(refusal: CannotSignNow) -> ResponseReturnValue:
    return render_template("public/invitations/closed.html", sentence=str(refusal)), 409


def _page(mine: Invited, token: str, ending: EndingForm) -> str:
    typed = typed_from(mine.line) | {"email": mine.email, "revision": mine.letter.revision, "invited": token}
    form = SigningForm(mine.letter, formdata=None, data=typed)
    (listed,) = invitations_of(mine.letter.id, mine.id)
    return form_page(mine.letter, form, token=token, ending=ending.apart("ending"), listed=listed)
