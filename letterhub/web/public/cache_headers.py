"""Cache-Control headers of public pages: shared caches keep them for a second, browsers revalidate each time.

A second suffices for a letter with many readers, and signatories soon look for their name.

See docs/design/caching.md.
"""

from flask import Response, request

CACHE_BRIEFLY = "public, max-age=0, s-maxage=1, stale-while-revalidate=1"


def cache_briefly(response: Response) -> Response:
    """Let shared caches keep the response for a second and browsers revalidate it each time."""
    response.headers["Cache-Control"] = CACHE_BRIEFLY
    response.add_etag()
    response.make_conditional(request)
    return response
