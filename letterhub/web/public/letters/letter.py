"""Public page of a letter: its text, the number of signatories and the deadline."""

from flask import Blueprint, Response, abort, make_response, request

from letterhub.clock import now
from letterhub.queries.letters.displayed import delivered_edition, displayed_page, displayed_text
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
    found = public_letter(slug) or abort(404)
    delivered, wanted = delivered_edition(found), page_from_query()
    left = time_until(found.deadline_at) if found.deadline_at else ""
    state = LetterPageState(found, delivered, found.is_over(now()), left)
    shown = displayed_page(found, delivered, wanted)
    page = render_letter_page(state, displayed_text(found, delivered), shown, wanted.query)
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
