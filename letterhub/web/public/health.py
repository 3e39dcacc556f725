"""What load balancers and watchers ask: is this process alive, is the site ready? A word each, under whatever host name."""

from flask import Blueprint, Response

from letterhub.clock import now
from letterhub.domain.pulse import SitePart
from letterhub.queries.pulse import not_ready
from letterhub.web.access import Audience, open_to

pages = Blueprint("health", __name__)
ORDER = tuple(SitePart)
HIDING = (SitePart.DATABASE, SitePart.TABLES)


@pages.get("/healthz")
@open_to(Audience.EVERYONE)
def alive() -> Response:
    """That this process answers; touches nothing."""
    return _word("alive")


@pages.get("/readyz")
@open_to(Audience.EVERYONE)
def ready() -> Response:
    """Whether everything moves, or the first part that does not."""
    return _told(not_ready(now()))


@pages.get(f"/readyz/<any({','.join(SitePart)}):part>")
@open_to(Audience.EVERYONE)
def ready_part(part: str) -> Response:
    """Whether one part moves; where a part before it stands in the way of knowing, the answer is that one."""
    place = ORDER.index(SitePart(part))
    return _told(tuple(one for one in not_ready(now()) if one == part or (one in HIDING and ORDER.index(one) < place)))


def _told(parts: tuple[SitePart, ...]) -> Response:
    return _word(parts[0], 503) if parts else _word("ready")


def _word(word: str, status: int = 200) -> Response:
    return Response(f"{word}\n", status, mimetype="text/plain")
