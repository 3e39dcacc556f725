"""Health checks for load balancers and monitoring: liveness and readiness as plain text, under any host name."""

import datetime as dt

from flask import Blueprint, Response

from letterhub.domain.operations.heartbeat import SitePart
from letterhub.queries.operations.clock_offset import database_now
from letterhub.queries.operations.readiness import not_ready, signs_of_life
from letterhub.web.access import Audience, open_to
from letterhub.web.readiness_probe import Probing

pages = Blueprint("health", __name__)
ORDER = tuple(SitePart)
HIDING = (SitePart.DATABASE, SitePart.TABLES)
PROBING = Probing()


@pages.get("/healthz")
@open_to(Audience.EVERYONE)
def alive() -> Response:
    """Return 200: the process responds. Touches nothing else."""
    return _lines(("alive",))


@pages.get("/readyz")
@open_to(Audience.EVERYONE)
def ready() -> Response:
    """Return 200, or 503 with the first part that is not ready; the second line says how old the last backup is."""
    parts = _parts()
    return _told(parts, () if HIDING[0] in parts or HIDING[1] in parts else (_backup_line(),))


@pages.get(f"/readyz/<any({','.join(SitePart)}):part>")
@open_to(Audience.EVERYONE)
def ready_part(part: str) -> Response:
    """Return whether one part is ready. If a part before it prevents the check, the response names that one."""
    place = ORDER.index(SitePart(part))
    return _told(tuple(one for one in _parts() if one == part or (one in HIDING and ORDER.index(one) < place)))


def _parts() -> tuple[SitePart, ...]:
    """Return the parts that are not ready, by the database and by this process's own probe, blocking ones first."""
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
