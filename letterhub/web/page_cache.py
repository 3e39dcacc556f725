"""Caching of public pages: their Cache-Control headers, and a WSGI cache that renders each at most once a second per process.

A page without a letter is cached once per language of its readers. Caches only responses that allow shared caches, and only
for requests without cookies, so that nothing personal is shown to others; as such a page holds no secret, it is compressed. It
serves sites without a caching proxy; behind one, few requests get here.

See docs/design/caching.md.
"""

import gzip
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any

from cachetools import FIFOCache
from flask import Response, request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header, parse_etags, unquote_etag

from letterhub.config import Settings
from letterhub.infrastructure.monitoring import REQUESTS
from letterhub.web.languages import VARY_BY_LANGUAGE, negotiated_language
from letterhub.web.request_hooks import REQUEST_ID_HEADER, request_id_from

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Headers = list[tuple[str, str]]
WSGIApplication = Callable[[Environ, StartResponse], Iterable[bytes]]
CacheKey = tuple[str, str, str, str]

CACHE_BRIEFLY = "public, max-age=0, s-maxage=1, stale-while-revalidate=1"
"""Cache-Control of public pages. A second suffices for a letter with many readers, and signatories soon look for their name."""
CACHE_HITS = REQUESTS.labels("from memory", "2xx")  # not by endpoint: a hit skips routing

MAX_CACHE_BYTES = 16 * 1024 * 1024
"""Bytes of all pages in the cache of a process."""
MAX_PAGE_BYTES = 1024 * 1024
COMPRESSION_LEVEL = 6
STALE_WHILE_REVALIDATE = 2.0
"""Seconds for which others still get an expired page while one request renders it."""
STALE_IF_ERROR = 60.0
"""Seconds for which an expired page is still served when the response is 503, as the site is busy or the database is down."""
UNCACHED_REQUEST_HEADERS = ("HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_RANGE")
PER_REQUEST_HEADERS = frozenset({"x-request-id", "date", "connection"})
BODY_HEADERS = frozenset({"content-type", "content-length", "content-encoding", "content-language"})


@lru_cache(maxsize=64)
def accepts_gzip(accept_encoding: str) -> bool:
    """Return whether a client reads gzip, by its Accept-Encoding header. Cached: few values are common."""
    return parse_accept_header(accept_encoding, Accept)["gzip"] > 0


def cache_briefly(response: Response) -> Response:
    """Let shared caches keep the response for a second and browsers revalidate it each time."""
    response.headers["Cache-Control"] = CACHE_BRIEFLY
    response.add_etag(weak=True)  # the same page, compressed or not
    response.make_conditional(request)
    return response


@dataclass(slots=True)
class CachedPage:
    """A cached response. `is_rendering` is set while a request renders it again."""

    headers: Headers
    body: bytes
    compressed: bytes
    etag: str
    fresh_until: float
    is_rendering: bool = False

    def __len__(self) -> int:
        return len(self.body) + len(self.compressed)


class PageCacheMiddleware:
    """WSGI middleware that caches public pages for some seconds."""

    def __init__(self, app: WSGIApplication, settings: Settings) -> None:
        self.app, self.settings, self.seconds = app, settings, settings.page_cache_seconds
        self._pages: FIFOCache[CacheKey, CachedPage] = FIFOCache(MAX_CACHE_BYTES, getsizeof=CachedPage.__len__)
        self._lock = Lock()

    def __call__(self, environ: Environ, start: StartResponse) -> Iterable[bytes]:
        """Return the cached page if it is fresh, else the response of the application."""
        if environ["REQUEST_METHOD"] != "GET" or any(name in environ for name in UNCACHED_REQUEST_HEADERS):
            return self.app(environ, start)
        address = environ.get("HTTP_HOST", ""), environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
        key, now = (*address, ""), time.monotonic()
        page = self._get_page(key)
        if page is None:
            key = (*address, negotiated_language(environ.get("HTTP_ACCEPT_LANGUAGE", "")))
            page = self._get_page(key)
        if page is not None:
            is_being_replaced = page.is_rendering and now < page.fresh_until + STALE_WHILE_REVALIDATE
            if now < page.fresh_until or is_being_replaced:
                CACHE_HITS.inc()
                return _cached_response(page, environ, start, request_id_from(environ, self.settings))
            page.is_rendering = True
        return self._fetch_and_cache(key, environ, start, now)

    def _get_page(self, key: CacheKey) -> CachedPage | None:
        with self._lock:  # another thread may evict it between the two look-ups of `get`
            return self._pages.get(key)

    def _fetch_and_cache(self, key: CacheKey, environ: Environ, start: StartResponse, now: float) -> Iterable[bytes]:
        """Return the response of the application. It gets no conditional headers: the cache needs the whole page."""
        start_calls: list[Any] = []
        unconditional_environ = {
            name: value for name, value in environ.items() if name not in ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")
        }
        body_parts = self.app(unconditional_environ, lambda *arguments: start_calls.append(arguments))
        status, headers, *error = start_calls[-1]
        stale_page = self._get_page(key)
        if status.startswith("503") and stale_page is not None and now < stale_page.fresh_until + STALE_IF_ERROR:
            _close(body_parts)
            stale_page.is_rendering = False
            return _cached_response(stale_page, environ, start, request_id_from(environ, self.settings))
        etag = _etag_if_cacheable(status, headers)
        if not etag:
            start(status, headers, *error)
            return body_parts
        body = b"".join(body_parts)
        _close(body_parts)
        cached_headers = [
            (name, value) for name, value in headers if name.lower() != "vary" and name.lower() not in PER_REQUEST_HEADERS
        ]
        varies = dict(headers).get("Vary", "")
        cached_headers.append(("Vary", f"{varies}, Accept-Encoding" if varies else "Accept-Encoding"))
        key = key if varies else (*key[:3], "")
        page = CachedPage(cached_headers, body, gzip.compress(body, COMPRESSION_LEVEL, mtime=0), etag, now + self.seconds)
        with self._lock:
            self._pages[key] = page
        return _cached_response(page, environ, start, dict(headers)[REQUEST_ID_HEADER])


def _close(body_parts: Iterable[bytes]) -> None:
    if close := getattr(body_parts, "close", None):
        close()


def _etag_if_cacheable(status: str, headers: Headers) -> str:
    """Return the ETag of a publicly cacheable response; "" if it is personal, or too large for the cache."""
    header_values = {name.lower(): value for name, value in headers}
    is_shared = status.startswith("200") and "s-maxage" in header_values.get("cache-control", "")
    is_uncacheable = (
        "set-cookie" in header_values
        or header_values.get("vary", VARY_BY_LANGUAGE) != VARY_BY_LANGUAGE
        or int(header_values.get("content-length", MAX_PAGE_BYTES)) >= MAX_PAGE_BYTES
    )
    return header_values.get("etag", "") if is_shared and not is_uncacheable else ""


def _cached_response(page: CachedPage, environ: Environ, start: StartResponse, request_id: str) -> Iterable[bytes]:
    """Send a cached page, or 304 without its body if the browser has this version."""
    if_none_match = environ.get("HTTP_IF_NONE_MATCH")
    if if_none_match and (
        if_none_match == page.etag or parse_etags(if_none_match).contains_weak(unquote_etag(page.etag)[0] or "")
    ):
        start(
            "304 NOT MODIFIED",
            [(REQUEST_ID_HEADER, request_id), *(header for header in page.headers if header[0].lower() not in BODY_HEADERS)],
        )
        return ()
    if not accepts_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
        start("200 OK", [(REQUEST_ID_HEADER, request_id), *page.headers])
        return (page.body,)
    headers = [header for header in page.headers if header[0].lower() != "content-length"]
    headers += [("Content-Encoding", "gzip"), ("Content-Length", str(len(page.compressed)))]
    start("200 OK", [(REQUEST_ID_HEADER, request_id), *headers])
    return (page.compressed,)
