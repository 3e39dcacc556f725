"""How long a public page may be kept: for a second between us and the reader, and asked again by the reader's browser.

A second is enough for a letter that everyone reads at once, and who has signed looks for her name a moment later.
"""

from flask import Response, request

FRESH = "public, max-age=0, s-maxage=1, stale-while-revalidate=1"


def fresh_for_a_moment(response: Response) -> Response:
    """Kept by caches between us and the reader for a second, asked again by the reader's own browser every time."""
    response.headers["Cache-Control"] = FRESH
    response.add_etag()
    response.make_conditional(request)
    return response
