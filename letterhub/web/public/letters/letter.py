"""Public page of a letter: its text, the number of signatories and the deadline."""

from flask import Blueprint, Response, abort, make_response, request

from letterhub.clock import now
from letterhub.queries.letters.displayed_letter import delivered_edition, displayed_page, displayed_text
from letterhub.queries.letters.documents import public_letter
from letterhub.queries.signatures.listing import PageRequest
from letterhub.web.access import Audience, open_to
from letterhub.web.column_integers import parse_integer
from letterhub.web.page_cache import cache_briefly
from letterhub.web.public.letters.page_fragments import LetterPageState, render_letter_page
from letterhub.web.template_filters import time_until

bp = Blueprint("letters", __name__)


@bp.get("/<slug>")
@open_to(Audience.EVERYONE)
def detail(slug: str) -> Response:
    """Show the letter. Sets no cookie, so that shared caches may store it for a moment."""
    letter = public_letter(slug) or abort(404)
    edition, page_request = delivered_edition(letter), page_from_query()
    time_left = time_until(letter.deadline_at) if letter.deadline_at else ""
    state = LetterPageState(letter, edition, letter.is_over(now()), time_left)
    list_page = displayed_page(letter, edition, page_request)
    page = render_letter_page(state, displayed_text(letter, edition), list_page, page_request.query)
    return cache_briefly(make_response(page))


def page_from_query() -> PageRequest:
    """Return the part of the signatory list that the query string asks for."""
    if not request.args:
        return PageRequest()
    return PageRequest(
        query=request.args.get("q", "").strip()[:200],
        page=request.args.get("page", 1, type=parse_integer),
        after_id=request.args.get("after", 0, type=parse_integer),
        before_id=request.args.get("before", 0, type=parse_integer),
    )
