"""Stylesheet of a coalition's accent color. The Content-Security-Policy allows styles from files only."""

from flask import Blueprint, Response, abort

from letterhub.domain.letters.colors import ColorRefused
from letterhub.rendering.letter.theme import accent_sheet
from letterhub.web.access import Audience, open_to

pages = Blueprint("accents", __name__)

SIX = 6
FOR_GOOD = "public, max-age=31536000, immutable"


@pages.get("/<color>.css")
@open_to(Audience.EVERYONE)
def accent(color: str) -> Response:
    """Return the stylesheet of a color given as six hex digits. It never changes."""
    if len(color) != SIX:
        abort(404)
    try:
        sheet = accent_sheet(f"#{color}")
    except ColorRefused:
        abort(404)
    answer = Response(str(sheet), mimetype="text/css")
    answer.headers["Cache-Control"] = FOR_GOOD
    return answer
