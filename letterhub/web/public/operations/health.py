"""Health checks for load balancers and monitoring: liveness and readiness as plain text, under any host name."""

import datetime as dt

from flask import Blueprint, Response

from letterhub.domain.operations.readiness import SitePart
from letterhub.queries.operations.health import database_now, site_heartbeats, unready_site_parts
from letterhub.web.access import Audience, open_to
from letterhub.web.monitoring import ReadinessProbe

bp = Blueprint("health", __name__)
PART_ORDER = tuple(SitePart)
BLOCKING_PARTS = (SitePart.DATABASE, SitePart.TABLES)
PROBE = ReadinessProbe()


@bp.get("/healthz")
@open_to(Audience.EVERYONE)
def alive() -> Response:
    """Return 200: the process responds. Touches nothing else."""
    return _text_response(("alive",))


@bp.get("/readyz")
@open_to(Audience.EVERYONE)
def ready() -> Response:
    """Return 200, or 503 with the first part that is not ready; the second line says how old the last backup is."""
    parts = _unready_parts()
    is_database_ready = set(BLOCKING_PARTS).isdisjoint(parts)
    return _readiness_response(parts, (_backup_line(),) if is_database_ready else ())


@bp.get(f"/readyz/<any({','.join(SitePart)}):part>")
@open_to(Audience.EVERYONE)
def ready_part(part: str) -> Response:
    """Return whether one part is ready. If a part before it prevents the check, the response names that one."""
    position = PART_ORDER.index(SitePart(part))
    return _readiness_response(
        tuple(
            unready
            for unready in _unready_parts()
            if unready == part or (unready in BLOCKING_PARTS and PART_ORDER.index(unready) < position)
        )
    )


def _unready_parts() -> tuple[SitePart, ...]:
    """Return the parts that are not ready, blocking ones first. This process's own checks count if no blocking part is
    found."""
    parts = unready_site_parts()
    if set(BLOCKING_PARTS).isdisjoint(parts):
        parts = tuple(sorted({*parts, *PROBE.unready_parts()}, key=PART_ORDER.index))
    return parts


def _backup_line() -> str:
    """Return a line on the age of the last backup, in hours."""
    at = database_now()
    last = site_heartbeats(at).backup
    if last is None:
        return "backup: never made"
    hours = max(at - last, dt.timedelta()) // dt.timedelta(hours=1)
    return f"backup: {hours} hours old" if hours != 1 else "backup: 1 hour old"


def _readiness_response(parts: tuple[SitePart, ...], extra_lines: tuple[str, ...] = ()) -> Response:
    return _text_response((parts[0], *extra_lines), 503) if parts else _text_response(("ready", *extra_lines))


def _text_response(lines: tuple[str, ...], status: int = 200) -> Response:
    return Response("".join(f"{line}\n" for line in lines), status, mimetype="text/plain")
