"""Help: the documentation's table of contents, its pages and pictures, and search over them.

See docs/documentation.md.
"""

from flask import Blueprint, Response, abort, make_response, render_template, request, send_from_directory

from letterhub.paths import DOCUMENTS
from letterhub.rendering.help.contents import pages_by_address, sections
from letterhub.rendering.help.page import help_page, is_picture
from letterhub.rendering.help.search import MAX_QUERY_LENGTH, MAX_RESULTS, search_help
from letterhub.web.access import Audience, open_to
from letterhub.web.assets import IMMUTABLE
from letterhub.web.page_cache import cache_briefly

bp = Blueprint("help_pages", __name__)


@bp.get("")
@open_to(Audience.EVERYONE)
def index() -> Response:
    """Show the table of contents."""
    return cache_briefly(make_response(render_template("public/help/index.html", sections=sections(), is_online=True)))


@bp.get("/search")
@open_to(Audience.EVERYONE)
def search() -> Response:
    """Show the sections of pages that have all words of a query."""
    query = request.args.get("q", "")[:MAX_QUERY_LENGTH].strip()
    found = search_help(query)
    values = {"query": query, "found": found, "most": MAX_RESULTS}
    return cache_briefly(
        make_response(render_template("public/help/search.html", sections=sections(), is_online=True, **values))
    )


@bp.get("/pictures/<path:name>")
@open_to(Audience.EVERYONE)
def picture(name: str) -> Response:
    """Send a picture of the pages. Its URL changes with its content."""
    if not is_picture(name):
        abort(404)
    response = send_from_directory(DOCUMENTS, name)
    response.headers["Cache-Control"] = IMMUTABLE
    return response


@bp.get("/<path:address>")
@open_to(Audience.EVERYONE)
def detail(address: str) -> Response:
    """Show a page."""
    place = pages_by_address().get(address) or abort(404)
    page = help_page(place.page.file)
    return cache_briefly(
        make_response(render_template("public/help/detail.html", sections=sections(), place=place, page=page, is_online=True))
    )
