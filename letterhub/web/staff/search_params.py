"""Search parameters for signatures, kept in the query string so that they can be linked and survive a decision."""

from collections.abc import Sequence
from typing import Any

from flask import request

from letterhub.domain.signatures.review import Pick
from letterhub.domain.states import SignatureState
from letterhub.queries.signatures.review import Search
from letterhub.web.converters import whole_number

LONGEST_WORDS = 200


def search_among(states: Sequence[SignatureState]) -> Search:
    """Return the search of the query string. Invalid values are ignored."""
    state, pick = request.args.get("state", ""), request.args.get("pick", "")
    return Search(
        states=(SignatureState(state),) if state in states and len(states) > 1 else tuple(states),
        words=request.args.get("q", "").strip()[:LONGEST_WORDS],
        pick=Pick(pick) if pick in list(Pick) else None,
        page=max(request.args.get("page", 1, type=whole_number), 1),
    )


def asked() -> dict[str, Any]:
    """Return the query parameters that links back to the page keep."""
    return {name: value for name in ("q", "pick", "state", "page") if (value := request.args.get(name, ""))}
