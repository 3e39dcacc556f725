"""Public history of a letter's text: each published revision with its changes and reason."""

from flask import Blueprint, Response, abort, make_response, render_template

from letterhub.domain.letters.revisions import ChangeKind
from letterhub.queries.changes.changes import changes_by_number
from letterhub.queries.letters.public_letter import public_letter
from letterhub.queries.letters.revisions import letter_history
from letterhub.web.access import Audience, open_to
from letterhub.web.languages import speak_of
from letterhub.web.page_cache import cache_briefly

bp = Blueprint("letter_history", __name__)


@bp.get("/<slug>/history")
@open_to(Audience.EVERYONE)
def index(slug: str) -> Response:
    """Show all revisions, newest first. Sets no cookie, so that shared caches may store it."""
    letter = public_letter(slug) or abort(404)
    speak_of(letter.text.language)
    steps = letter_history(letter.id)
    changes = changes_by_number(letter.id) if any(step.kind is ChangeKind.SUBSTANCE for step in steps) else {}
    page = render_template("public/letters/history.html", letter=letter, steps=steps, changes=changes)
    return cache_briefly(make_response(page))
