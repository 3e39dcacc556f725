"""Request log: gives each request an id for its response and the log, and logs changes, failures and slow requests.

Successful fast GETs are counted only (see `counting`). The log has the route of a URL, never a link's token or a letter's name,
and nothing about the client.
"""

import logging
import re
import secrets
import time
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, g, request

from letterhub.config import Settings
from letterhub.infrastructure.logs import set_log_context
from letterhub.web.security_headers import SAFE_METHODS

log = logging.getLogger(__name__)

REQUEST_ID_HEADER = "X-Request-ID"
REQUEST_ID_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{7,63}", re.ASCII)
SLOW_SECONDS = 1.0  # seconds


def init_app(app: Flask, settings: Settings) -> None:
    """Register the hooks that number and log requests."""

    def begin() -> None:
        g.request_id = request_id_from(request.environ, settings)
        g.request_started = time.perf_counter()
        set_log_context(request=g.request_id, method=request.method, route=route_pattern())

    app.before_request(begin)
    app.after_request(_log_response)
    app.teardown_request(lambda _error: set_log_context())


def request_id_from(environ: Mapping[str, Any], settings: Settings) -> str:
    """Return the id of a request. A trusted proxy may send one, if it has a safe form."""
    given = environ.get("HTTP_X_REQUEST_ID", "") if settings.trusted_proxies else ""
    return given if REQUEST_ID_PATTERN.fullmatch(given) else secrets.token_hex(8)


def route_pattern() -> str:
    """Return the URL rule of the request, such as "/confirm/<token>"; "" if there is none."""
    return request.url_rule.rule if request.url_rule else ""


def request_id() -> str:
    """Return the id of the current request; "" outside of one."""
    return str(g.get("request_id", ""))


def _log_response(response: Response) -> Response:
    response.headers[REQUEST_ID_HEADER] = request_id()
    seconds = time.perf_counter() - g.request_started
    status = response.status_code
    if request.method not in SAFE_METHODS or status >= 400 or seconds >= SLOW_SECONDS:
        facts = {"endpoint": request.endpoint or "", "status": status, "ms": round(seconds * 1000)}
        log.log(logging.WARNING if status >= 500 else logging.INFO, "answered", extra={"facts": facts})
    return response
