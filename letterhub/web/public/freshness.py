"""How long a public page may be kept: for seconds between us and the reader, and asked again by the reader's browser."""

from flask import Response, request

FRESH = "public, max-age=0, s-maxage=10, stale-while-revalidate=60"


def fresh_for_a_moment(response: Response) -> Response:
    """Kept by caches between us and the reader for seconds, asked again by the reader's own browser every time."""
    response.headers["Cache-Control"] = FRESH
    response.add_etag()
    response.make_conditional(request)
    return response
