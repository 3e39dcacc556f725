"""Stylesheet of a coalition's accent color. The Content-Security-Policy allows styles from files only."""

from flask import Blueprint, Response, abort

from letterhub.domain.letters.branding import InvalidColor
from letterhub.rendering.letter.theme import accent_css
from letterhub.web.access import Audience, open_to

bp = Blueprint("brand_css", __name__)

COLOR_LENGTH = 6
IMMUTABLE = "public, max-age=31536000, immutable"


@bp.get("/<color>.css")
@open_to(Audience.EVERYONE)
def stylesheet(color: str) -> Response:
    """Return the stylesheet of a color given as six hex digits. It never changes."""
    if len(color) != COLOR_LENGTH:
        abort(404)
    try:
        sheet = accent_css(f"#{color}")
    except InvalidColor:
        abort(404)
    response = Response(str(sheet), mimetype="text/css")
    response.headers["Cache-Control"] = IMMUTABLE
    return response
