"""Search parameters for signatures, kept in the query string so that they can be linked and survive a decision."""

from collections.abc import Sequence
from typing import Any

from flask import request

from letterhub.domain.signatures.review import SignatureFilter
from letterhub.domain.states import SignatureState
from letterhub.queries.signatures.review import SignatureSearch
from letterhub.web.forms import parse_integer

MAX_QUERY_LENGTH = 200


def search_from_query(states: Sequence[SignatureState]) -> SignatureSearch:
    """Return the search of the query string. Invalid values are ignored."""
    state, filter_name = request.args.get("state", ""), request.args.get("pick", "")
    names_one_state = state in states and len(states) > 1
    return SignatureSearch(
        states=(SignatureState(state),) if names_one_state else tuple(states),
        words=request.args.get("q", "").strip()[:MAX_QUERY_LENGTH],
        filter=SignatureFilter(filter_name) if filter_name in list(SignatureFilter) else None,
        page=max(request.args.get("page", 1, type=parse_integer), 1),
        after_id=request.args.get("after", 0, type=parse_integer),
    )


def query_parameters() -> dict[str, Any]:
    """Return the query parameters of this search, without empty ones, for links and forms that lead back to it."""
    return {name: value for name in ("q", "pick", "state", "page", "after") if (value := request.args.get(name, ""))}
