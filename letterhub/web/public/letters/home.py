"""Front page: the open letters of this site."""

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.queries.letters.front_page import open_letters
from letterhub.web.access import Audience, open_to
from letterhub.web.forms import parse_integer
from letterhub.web.page_cache import cache_briefly

bp = Blueprint("home", __name__)


@bp.get("/")
@open_to(Audience.EVERYONE)
def index() -> ResponseReturnValue:
    """Show what this site is and the letters that can be signed now."""
    found = open_letters(now(), max(request.args.get("page", 1, type=parse_integer), 1))
    return cache_briefly(make_response(render_template("public/letters/index.html", found=found)))
