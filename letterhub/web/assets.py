"""Assets: URLs of static files with a hash of their content, style sheets of areas, accent colors and a first paint.

See docs/design/caching.md.
"""

import base64
import gzip
import hashlib
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import NamedTuple

from flask import Blueprint, Response, abort, request
from markupsafe import Markup
from whitenoise.base import Headers

from letterhub.domain.letters.branding import InvalidColor
from letterhub.paths import STATIC
from letterhub.rendering import jinja
from letterhub.rendering.letter.theme import accent_css
from letterhub.web.access import Audience, open_to
from letterhub.web.page_cache import accepts_gzip

bp = Blueprint("assets", __name__)

_LETTER = "letter letter-layout-2 letter-parts letterhead themes signatories paper layouts/letter-layout-3"
_DIGITS = "layouts/letter-layout-4"
_ALL = f"fonts fallback-fonts tokens base parts lists {_LETTER}"
AREAS = {
    "public": (_ALL + " public signing check changes delivered mail public/share").split(),
    "progress": (_ALL + " public signing charts").split(),
    "digits": [_DIGITS],  # on public pages with a letter whose numbers are in the digits of its language
    "drafting": (f"{_ALL} {_DIGITS}" + " public changes mail public/drafting").split(),
    "embed": "fonts fallback-fonts tokens base parts signatories public/embed".split(),
    "help": "fonts fallback-fonts tokens base parts public help/help".split(),
    "staff": (
        f"{_ALL} {_DIGITS}"
        " charts check changes mail public/drafting staff/staff staff/account staff/abuse staff/audit staff/dashboard"
        " staff/editions staff/draft-parts staff/editor staff/evidence staff/mail-words staff/opening staff/organizations"
        " staff/outreach staff/previews staff/progress staff/release staff/review staff/sheet staff/signatures"
        " staff/signing-settings staff/site staff/team staff/webhooks"
    ).split(),
}
"""Files of `static/css` in the style sheet of each area, in their order."""
FIRST_PAINT = f"fallback-fonts tokens base parts {_LETTER} public delivered".split()
"""Files that a letter's page has inside it: all that its layout needs, and no web font."""
IMMUTABLE = "public, max-age=31536000, immutable"
COLOR_LENGTH = 6
_COMMENT_OR_SPACE = re.compile(r"(?:/\*.*?\*/|\s)+", re.DOTALL)
_URL = re.compile(r'url\("\.\./([^"]+)"\)')


@cache
def asset_url(path: str) -> str:
    """Return the URL of a file in `static/`, with a hash of its content as a cache buster."""
    return f"/static/{path}?v={_hash((STATIC / path).read_bytes())}"


@cache
def style_sheet_url(area: str) -> str:
    """Return the URL of the style sheet of an area, with a hash of its content."""
    return f"/styles/{area}.css?v={_hash(_style_sheet(area)[0])}"


class InlineSheet(NamedTuple):
    """Style sheet inside a page: its element, and the source that allows exactly this one in a Content-Security-Policy."""

    element: Markup
    source: str


@lru_cache(maxsize=64)
def first_paint_sheet(accent: str) -> InlineSheet:
    """Return the style sheet with which a letter's page of this accent color, if any, is painted before its area's arrives."""
    plain = _minified(FIRST_PAINT) + str(accent_css(accent))
    digest = base64.b64encode(hashlib.sha256(plain.encode()).digest()).decode()
    return InlineSheet(Markup("<style>{}</style>").format(Markup(plain)), f"'sha256-{digest}'")  # noqa: S704 - our own files


def style_sheet_text(area: str) -> str:
    """Return the style sheet of an area."""
    return _style_sheet(area)[0].decode()


@bp.get(f"/styles/<any({','.join(AREAS)}):area>.css")
@open_to(Audience.EVERYONE)
def style_sheet(area: str) -> Response:
    """Return the style sheet of an area, compressed if the client accepts that."""
    plain, compressed = _style_sheet(area)
    is_compressed = accepts_gzip(request.headers.get("Accept-Encoding", ""))
    response = Response(compressed if is_compressed else plain, mimetype="text/css")
    response.headers.update({"Cache-Control": IMMUTABLE, "Vary": "Accept-Encoding"})
    if is_compressed:
        response.headers["Content-Encoding"] = "gzip"
    return response


@bp.get("/accents/<color>.css")
@open_to(Audience.EVERYONE)
def accent(color: str) -> Response:
    """Return the style sheet of a color given as six hex digits. The Content-Security-Policy allows styles from files only."""
    if len(color) != COLOR_LENGTH:
        abort(404)
    try:
        sheet = accent_css(f"#{color}")
    except InvalidColor:
        abort(404)
    response = Response(str(sheet), mimetype="text/css")
    response.headers["Cache-Control"] = IMMUTABLE
    return response


def allow_caching(headers: Headers, _path: str, _url: str) -> None:
    """Let caches keep a static file forever: its URL changes with its content."""
    headers["Cache-Control"] = IMMUTABLE


@cache
def _style_sheet(area: str) -> tuple[bytes, bytes]:
    """Return the style sheet of an area, plain and as gzip; the URLs in it have hashes, too."""
    plain = _URL.sub(lambda match: f'url("{asset_url(match[1])}")', _minified(AREAS[area])).encode()
    return plain, gzip.compress(plain, mtime=0)


def _minified(names: Iterable[str]) -> str:
    """Return files of `static/css` as one sheet, without comments and indentation."""
    return _COMMENT_OR_SPACE.sub(" ", "\n".join(jinja.style_sheet(f"{name}.css") for name in names))


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:10]
