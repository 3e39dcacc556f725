"""Press page under embargo, for holders of a secret link: visits are counted, and nothing may be stored by caches."""

from flask import Blueprint, Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.commands.links.secret_links import record_link_use
from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.links.secret_links import LinkKind
from letterhub.queries.links.secret_links import find_secret_link
from letterhub.queries.press.press_pages import PressPageView, embargoed_file, press_page_for_staff
from letterhub.web.access import Audience, open_to
from letterhub.web.public.press.press_page import logos_response, render_press_page

bp = Blueprint("embargoed_press_page", __name__)
FORMATS = ", ".join(FileFormat)


@bp.get("/press/<token>")
@open_to(Audience.LINK_HOLDER)
def detail(token: str) -> ResponseReturnValue:
    """Show the press page, which after its hour is the public one. A visit of a browser is counted; programs that check links
    are not."""
    link_id, page = _page_of(token)
    if page.is_public(now()):
        return _public_page(page)
    if request.method == "GET" and request.headers.get("Sec-Fetch-Mode") == "navigate":
        record_link_use(link_id, now())
    return render_press_page(page, token)


@bp.get("/press/<token>/logos.zip")
@open_to(Audience.LINK_HOLDER)
def logos(token: str) -> ResponseReturnValue:
    """Return the letter's logos in one file; after the hour of the page, lead to the public one."""
    _link_id, page = _page_of(token)
    return _public_page(page) if page.is_public(now()) else logos_response(page)


@bp.get(f"/press/<token>/<any({FORMATS}):file_format>")
@bp.get(f"/press/<token>/<language:language>/<any({FORMATS}):file_format>")
@open_to(Audience.LINK_HOLDER)
def download(token: str, file_format: str, language: str = "") -> ResponseReturnValue:
    """Return a file of the letter's newest edition, delivered or not; after the hour of the page, lead to the public one, which
    offers delivered ones alone."""
    _link_id, page = _page_of(token)
    if page.is_public(now()):
        return _public_page(page)
    content = embargoed_file(page.letter.id, FileFormat(file_format), language) or abort(404)
    response = Response(content.data, mimetype=content.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=content.name)
    return response


def _public_page(page: PressPageView) -> ResponseReturnValue:
    return redirect(url_for("press_page.detail", slug=page.letter.slug), 302)


def _page_of(token: str) -> tuple[int, PressPageView]:
    """Return the id of a secret link and its press page; aborts with 404 if it does not work."""
    link_id, letter_id = find_secret_link(LinkKind.PRESS, token, now()) or abort(404)
    return link_id, press_page_for_staff(letter_id) or abort(404)
