"""A letter for other websites: the page that they show in a frame, the HTML element that holds it, and oEmbed.

See docs/design/public/embedding.md.
"""

import datetime as dt
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, current_app, jsonify, make_response, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.routing import RequestRedirect

from letterhub.clock import now
from letterhub.infrastructure.signed_links import current_settings
from letterhub.paths import STATIC
from letterhub.queries.editions.check_page import delivered_check_page
from letterhub.queries.letters.branding import embed_sites_of_letter
from letterhub.queries.letters.public_letter import PublicLetter, public_letter
from letterhub.queries.signatures.listing import PageRequest
from letterhub.rendering.letter.embed_code import DEFAULT_HEIGHT, DEFAULT_WIDTH, iframe_code
from letterhub.rendering.letter.signatory_list import partial_signatory_list
from letterhub.web.access import Audience, open_to
from letterhub.web.dates import time_until
from letterhub.web.forms import parse_integer
from letterhub.web.languages import speak_of
from letterhub.web.page_cache import cache_briefly
from letterhub.web.public.letters.letters import displayed_to_public, letter_view_without_list
from letterhub.web.request_security import embed_policy

bp = Blueprint("embed", __name__)

ELEMENT_MAX_AGE = int(dt.timedelta(hours=1).total_seconds())
OEMBED_CACHE_AGE = int(dt.timedelta(hours=1).total_seconds())
MIN_WIDTH = 240
"""Pixels that a letter in a frame needs at least."""


@bp.get("/embed/letters/<slug>")
@open_to(Audience.EVERYONE)
def letter(slug: str) -> Response:
    """Show a letter's count, state and names in a frame of the coalition's websites. Nothing here acts: links open tabs."""
    found, sites = _embeddable(slug)
    speak_of(found.text.language)
    edition = delivered_check_page(found.id) if found.delivered_at else None
    displayed, part = displayed_to_public(found, edition, PageRequest())
    page = render_template(
        "public/letters/embed.html", letter=found, displayed=displayed, over=found.is_over(now()),
        left=time_until(found.deadline_at) if found.deadline_at else "",
        sheet=letter_view_without_list(displayed.text, displayed.counts, displayed.edition, layout=displayed.layout),
        signatory_list=partial_signatory_list(
            displayed.text, displayed.counts, part.signatories, part.first_signatory, displayed.layout
        ),
        has_more=part.has_next, address=current_settings().public_url + url_for("letters.detail", slug=slug),
    )  # fmt: skip
    response = make_response(page)
    response.headers["Content-Security-Policy"] = embed_policy(sites)
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return cache_briefly(response)


@bp.get("/embed/v1/letterhub-letter.js")
@open_to(Audience.EVERYONE)
def element() -> Response:
    """Return the script of the element `<letterhub-letter>`. What pages of others hold stays valid as long as this version."""
    response = Response((STATIC / "js" / "letterhub-letter.js").read_bytes(), mimetype="text/javascript")
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = f"public, max-age={ELEMENT_MAX_AGE}"
    response.add_etag()
    response.make_conditional(request)
    return response


@bp.get("/oembed")
@open_to(Audience.EVERYONE)
def oembed() -> Response:
    """Return the frame of the letter at the address `url`, as oEmbed 1.0 in JSON."""
    if request.args.get("format", "json") != "json":
        abort(501)
    found, _sites = _embeddable(_slug_of(request.args.get("url", "")))
    public_url = current_settings().public_url
    width = min(_limit("maxwidth", DEFAULT_WIDTH), DEFAULT_WIDTH)
    height = min(_limit("maxheight", DEFAULT_HEIGHT), DEFAULT_HEIGHT)
    frame = public_url + url_for(".letter", slug=found.slug)
    facts = {
        "version": "1.0", "type": "rich", "title": found.text.title, "provider_name": "Letterhub", "provider_url": public_url,
        "author_name": found.coalition,
        "author_url": public_url + url_for("coalition.detail", slug=found.coalition_slug),
        "html": iframe_code(frame, found.text.title, width, height), "width": width, "height": height,
        "cache_age": OEMBED_CACHE_AGE,
    }  # fmt: skip
    return cache_briefly(jsonify(facts))


def _embeddable(slug: str) -> tuple[PublicLetter, tuple[str, ...]]:
    """Return a letter and the origins that may show it. Aborts with 404 where embedding is off."""
    found = public_letter(slug) or abort(404)
    sites = embed_sites_of_letter(found.id) or abort(404)
    return found, sites


def _slug_of(address: str) -> str:
    """Return the slug of the letter at an address of this site. Aborts with 404 if there is none."""
    try:
        parts = urlsplit(address)
        adapter = current_app.url_map.bind("")
        endpoint, values = adapter.match(parts.path)
    except (ValueError, NotFound, RequestRedirect):
        abort(404)
    if f"{parts.scheme}://{parts.netloc}" != current_settings().public_url or endpoint != "letters.detail":
        abort(404)
    return str(values["slug"])


def _limit(name: str, otherwise: int) -> int:
    """Return the pixels that the consumer has at most; a number below those that a letter needs counts as these."""
    return max(request.args.get(name, otherwise, type=parse_integer), MIN_WIDTH)
