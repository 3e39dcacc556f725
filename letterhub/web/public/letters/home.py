"""Front page: the open letters of this site."""

from flask import Blueprint, make_response, render_template
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.queries.letters.open_letters import open_letters
from letterhub.web.access import Audience, open_to
from letterhub.web.page_cache import cache_briefly

bp = Blueprint("home", __name__)


@bp.get("/")
@open_to(Audience.EVERYONE)
def index() -> ResponseReturnValue:
    """Show what this site is and the letters that can be signed now."""
    return cache_briefly(make_response(render_template("public/letters/index.html", letters=open_letters(now()))))
