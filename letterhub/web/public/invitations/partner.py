"""Page of a partner who recruits signers: its link, and how many came by it. GET only."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from letterhub.infrastructure.signed_links import Purpose, current_link_signer
from letterhub.queries.invitations.partners import partner_page
from letterhub.web.access import Audience, open_to
from letterhub.web.languages import speak_of
from letterhub.web.public.link_pages import init_link_blueprint

bp = init_link_blueprint(Blueprint("partner", __name__))


@bp.get("/partner/<token>")
@open_to(Audience.LINK_HOLDER)
def detail(token: str) -> ResponseReturnValue:
    """Show a partner its link and its numbers."""
    link = current_link_signer().open(Purpose.PARTNER, token)
    page = partner_page(link.subject[0]) or abort(404)
    link.check_same_row(page.created_at)
    if page.letter:
        speak_of(page.letter.text.language)
    return render_template("public/invitations/partner.html", partner=page, letter=page.letter)
