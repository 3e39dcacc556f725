"""Page of a coalition: who it is, and its open, closed and delivered letters."""

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.domain.line_validation import normalize_line
from letterhub.infrastructure.signed_links import current_settings
from letterhub.queries.letters.public_lists import PAGE_SIZE, coalition_letters, public_coalition
from letterhub.web.access import Audience, open_to
from letterhub.web.forms import parse_integer
from letterhub.web.page_cache import cache_briefly

bp = Blueprint("coalition", __name__)

MAX_SEARCH_LENGTH = 200


@bp.get("/<slug>")
@open_to(Audience.EVERYONE)
def detail(slug: str) -> ResponseReturnValue:
    """Show the coalition with a page of its letters, whose titles can be searched."""
    coalition = public_coalition(slug) or abort(404)
    if coalition.slug != slug:
        return redirect(url_for(".detail", slug=coalition.slug), 301)
    search = normalize_line(request.args.get("q", ""))[:MAX_SEARCH_LENGTH]
    found = coalition_letters(coalition.id, now(), max(request.args.get("page", 1, type=parse_integer), 1), search)
    page = render_template(
        "public/letters/coalition.html", coalition=coalition, found=found, search=search, page_size=PAGE_SIZE,
        address=current_settings().public_url + url_for(".detail", slug=coalition.slug),
    )  # fmt: skip
    return cache_briefly(make_response(page))
