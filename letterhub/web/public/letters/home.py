"""Front page: the letters of this site that can be signed, and those that were delivered."""

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.queries.letters.public_lists import site_letters
from letterhub.web.access import Audience, open_to
from letterhub.web.forms import parse_integer
from letterhub.web.page_cache import cache_briefly

bp = Blueprint("home", __name__)


@bp.get("/")
@open_to(Audience.EVERYONE)
def index() -> ResponseReturnValue:
    """Show what this site is and its letters."""
    found = site_letters(now(), max(request.args.get("page", 1, type=parse_integer), 1))
    return cache_briefly(make_response(render_template("public/letters/index.html", found=found)))
