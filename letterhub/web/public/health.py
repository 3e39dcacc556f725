"""What load balancers and watchers ask: is this process alive, is the site ready? A word each, under whatever host name."""

import datetime as dt

from flask import Blueprint, Response

from letterhub.domain.pulse import SitePart
from letterhub.queries.clocks import database_now
from letterhub.queries.pulse import not_ready, signs_of_life
from letterhub.web.access import Audience, open_to
from letterhub.web.probing import Probing

pages = Blueprint("health", __name__)
ORDER = tuple(SitePart)
HIDING = (SitePart.DATABASE, SitePart.TABLES)
PROBING = Probing()


@pages.get("/healthz")
@open_to(Audience.EVERYONE)
def alive() -> Response:
    """That this process answers; touches nothing."""
    return _lines(("alive",))


@pages.get("/readyz")
@open_to(Audience.EVERYONE)
def ready() -> Response:
    """Whether everything moves, or the first part that does not; and in a second line how old the last backup is."""
    parts = _parts()
    return _told(parts, () if HIDING[0] in parts or HIDING[1] in parts else (_backup_line(),))


@pages.get(f"/readyz/<any({','.join(SitePart)}):part>")
@open_to(Audience.EVERYONE)
def ready_part(part: str) -> Response:
    """Whether one part moves; where a part before it stands in the way of knowing, the answer is that one."""
    place = ORDER.index(SitePart(part))
    return _told(tuple(one for one in _parts() if one == part or (one in HIDING and ORDER.index(one) < place)))


def _parts() -> tuple[SitePart, ...]:
    """The parts that are not ready, as the tables show and as this process sees by itself, those that stop others first."""
    parts = not_ready()
    if not set(HIDING) & set(parts):
        parts = tuple(sorted({*parts, *PROBING.trouble()}, key=ORDER.index))
    return parts


def _backup_line() -> str:
    at = database_now()
    last = signs_of_life(at).backup
    if last is None:
        return "backup: never made"
    hours = max(at - last, dt.timedelta()) // dt.timedelta(hours=1)
    return f"backup: {hours} hours old" if hours != 1 else "backup: 1 hour old"


def _told(parts: tuple[SitePart, ...], more: tuple[str, ...] = ()) -> Response:
    return _lines((parts[0], *more), 503) if parts else _lines(("ready", *more))


def _lines(lines: tuple[str, ...], status: int = 200) -> Response:
    return Response("".join(f"{line}\n" for line in lines), status, mimetype="text/plain")
