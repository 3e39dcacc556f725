"""Share card of a letter: the picture that networks show beside a link to it."""

from flask import Blueprint, Response, abort

from letterhub.clock import now
from letterhub.infrastructure.signed_links import current_settings
from letterhub.queries.editions.check_page import delivered_check_page
from letterhub.queries.letters.public_letter import public_letter
from letterhub.queries.letters.share_card_pictures import CardContent, card_picture
from letterhub.web.access import Audience, open_to

bp = Blueprint("share_card", __name__)


@bp.get("/<slug>/card.png")
@open_to(Audience.EVERYONE)
def detail(slug: str) -> Response:
    """Return the card with the title and the count that readers see."""
    letter = public_letter(slug) or abort(404)
    if letter.withdrawn_at:
        abort(404)
    edition = delivered_check_page(letter.id) if letter.delivered_at else None
    content = CardContent(
        edition.revision_id if edition else letter.revision_id,
        edition.revision_sha256 if edition else letter.revision_hash,
        letter.coalition,
        edition.counts if edition else letter.counts,
    )
    picture = card_picture(current_settings().database_url, slug, content, now())
    if picture is None:
        return Response(status=503, headers={"Retry-After": "60"})
    response = Response(picture, mimetype="image/png")
    response.headers["Cache-Control"] = "public, max-age=60"
    return response
