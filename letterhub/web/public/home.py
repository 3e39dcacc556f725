"""The front page: the letters that are open on this site."""

from flask import Blueprint, make_response, render_template
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.queries.letters import open_letters
from letterhub.web.access import Audience, open_to
from letterhub.web.public.freshness import fresh_for_a_moment

pages = Blueprint("home", __name__)


@pages.get("/")
@open_to(Audience.EVERYONE)
def front() -> ResponseReturnValue:
    """What this site is and which letters one may sign here now."""
    return fresh_for_a_moment(make_response(render_template("public/home/front.html", letters=open_letters(now()))))
