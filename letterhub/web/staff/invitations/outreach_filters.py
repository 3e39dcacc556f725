"""Filters of invitations and contacts, kept in the query string so that they can be linked and survive an action."""

import datetime as dt
from typing import Any

from flask import request

from letterhub.clock import now
from letterhub.domain.invitations.invitation import InvitationOutcome
from letterhub.domain.signatures.signing import utc_to_local
from letterhub.queries.invitations.outreach import OutreachFilter, OutreachSort
from letterhub.web.forms import parse_integer

MAX_QUERY_LENGTH = 200
PARAMETERS = ("q", "outcome", "owner", "tag", "due", "sort")


def filter_from_query(zone: str = "UTC") -> OutreachFilter:
    """Return the filter of the query string; invalid values are ignored. A next step is due by today in the zone."""
    outcome, sort = request.args.get("outcome", ""), request.args.get("sort", "")
    today, _time = utc_to_local(now(), zone)
    return OutreachFilter(
        words=request.args.get("q", "").strip()[:MAX_QUERY_LENGTH],
        outcome=InvitationOutcome(outcome) if outcome in list(InvitationOutcome) else None,
        owner_id=request.args.get("owner", None, type=parse_integer),
        tag=request.args.get("tag", "").strip()[:MAX_QUERY_LENGTH],
        due_until=dt.date.fromisoformat(str(today)) if request.args.get("due") else None,
        sort=OutreachSort(sort) if sort in list(OutreachSort) else OutreachSort.NEWEST,
    )


def filter_parameters() -> dict[str, Any]:
    """Return the query parameters of the filter, without empty ones."""
    return {name: value for name in PARAMETERS if (value := request.args.get(name, ""))}


def requested_page() -> int:
    """Return the number of the page that is asked for."""
    return max(request.args.get("page", 1, type=parse_integer), 1)
