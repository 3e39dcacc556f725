"""Public list of the names that have not replied to a substantive change, for letters with many."""

from flask import Blueprint, Response, abort, make_response, render_template, request

from letterhub.queries.letters.public_letter import public_letter
from letterhub.web.access import Audience, open_to
from letterhub.web.forms import parse_integer
from letterhub.web.languages import speak_of
from letterhub.web.page_cache import cache_briefly
from letterhub.web.public.changes.change_on_page import change_on_page

bp = Blueprint("awaited_names", __name__)


@bp.get("/<slug>/awaited")
@open_to(Audience.EVERYONE)
def index(slug: str) -> Response:
    """List the names, in alphabetical order. Sets no cookie, so that shared caches may store it."""
    letter = public_letter(slug) or abort(404)
    speak_of(letter.text.language)
    change = change_on_page(letter, max(request.args.get("page", 1, type=parse_integer), 1))
    page = render_template("public/changes/awaited_names.html", letter=letter, change=change)
    return cache_briefly(make_response(page))
