"""Files that programs look for at fixed addresses: robots.txt, the sitemap, icon and manifest, and whom to tell of a
vulnerability."""

import datetime as dt
import json

from flask import Blueprint, Response, abort, make_response, render_template, url_for

from letterhub.clock import now
from letterhub.infrastructure.signed_links import current_settings
from letterhub.paths import STATIC
from letterhub.queries.letters.sitemap import public_paths
from letterhub.web.access import Audience, open_to
from letterhub.web.assets import asset_url
from letterhub.web.page_cache import cache_briefly
from letterhub.web.public.letters.letter_languages import letter_path

bp = Blueprint("site_files", __name__)

SECURITY_CONTACT_DAYS = 180
"""Days for which a security contact is valid (RFC 9116: less than a year)."""
GROUND = "#f7f5f0"
"""Color around pages, as in `static/css/tokens.css`."""
MAX_PAGES = 50_000
"""Limit of the protocol on the addresses in a sitemap."""


@bp.get("/robots.txt")
@open_to(Audience.EVERYONE)
def robots() -> Response:
    """Return where search engines have nothing to look for, and the address of the sitemap."""
    sitemap = current_settings().public_url + url_for(".sitemap")
    text = f"User-agent: *\nDisallow: /staff/\nDisallow: /sign-in\nSitemap: {sitemap}\n"
    return cache_briefly(Response(text, mimetype="text/plain"))


@bp.get("/sitemap.xml")
@open_to(Audience.EVERYONE)
def sitemap() -> Response:
    """Return the addresses of the pages that anyone may find."""
    letters, coalitions = public_paths()
    site = current_settings().public_url
    paths = [
        url_for("home.index"),
        url_for("check_page.index"),
        url_for("help_pages.index"),
        url_for("site_pages.privacy"),
        url_for("site_pages.accessibility"),
        *(url_for("coalition.detail", slug=slug) for slug in coalitions),
    ]
    pages: list[tuple[str, tuple[tuple[str, str], ...]]] = [(site + path, ()) for path in paths]
    for slug, languages in letters.items():
        versions = [site + letter_path(slug, language if index else "") for index, language in enumerate(languages or ("",))]
        alternates = tuple(zip(languages, versions, strict=True)) if languages else ()
        pages += [(version, alternates) for version in versions]
    response = make_response(render_template("public/operations/sitemap.xml", pages=pages[:MAX_PAGES]))
    response.mimetype = "application/xml"
    return cache_briefly(response)


@bp.get("/favicon.ico")
@open_to(Audience.EVERYONE)
def icon() -> Response:
    """Return the icon for browsers and feed readers that look for none in the page."""
    return cache_briefly(Response((STATIC / "img" / "favicon.ico").read_bytes(), mimetype="image/vnd.microsoft.icon"))


@bp.get("/site.webmanifest")
@open_to(Audience.EVERYONE)
def manifest() -> Response:
    """Return how the site stands on a phone's home screen: with its address in sight, and no copy offline."""
    icon = {"src": asset_url("img/icon.svg"), "sizes": "any", "type": "image/svg+xml"}
    content = {
        "id": "/", "name": "Letterhub", "short_name": "Letterhub", "start_url": "/", "scope": "/", "display": "minimal-ui",
        "background_color": GROUND, "theme_color": GROUND, "icons": [icon],
    }  # fmt: skip
    return cache_briefly(Response(json.dumps(content), mimetype="application/manifest+json"))


@bp.get("/.well-known/security.txt")
@open_to(Audience.EVERYONE)
def security() -> Response:
    """Return whom to tell of a vulnerability, as the operator has set it."""
    mailbox = current_settings().security_email or abort(404)
    expires = (now() + dt.timedelta(days=SECURITY_CONTACT_DAYS)).date()
    address = current_settings().public_url + url_for(".security")
    text = f"Contact: mailto:{mailbox}\nExpires: {expires}T00:00:00Z\nCanonical: {address}\n"
    return cache_briefly(Response(text, mimetype="text/plain"))
