"""Hooks of each request, in their order: before its view, after it, and at its end.

Each request has an id for its response and the log. Changes, failures and slow requests are logged; successful fast GETs are
counted only. The log has the route of a URL, never a link's token or a letter's name, and nothing about the client.
"""

import logging
import re
import secrets
import time
from collections.abc import Mapping
from functools import cache
from typing import Any

from flask import Flask, Response, g, request
from flask.typing import ResponseReturnValue
from prometheus_client import Counter, Histogram

from letterhub.config import Settings
from letterhub.infrastructure.db import set_read_only
from letterhub.infrastructure.monitoring import REQUEST_SECONDS, REQUESTS, set_log_context
from letterhub.infrastructure.tracing import TRACING
from letterhub.web.concurrency_limits import ConcurrencyLimits, acquire_slot
from letterhub.web.flask_security_config import clean_next
from letterhub.web.flask_security_two_factor import (
    expire_pending_sign_in,
    record_password_time,
    refuse_first_setup,
    require_recent_password,
)
from letterhub.web.monitoring import ProxyWatch
from letterhub.web.request_security import SAFE_METHODS, add_security_headers, csrf, reject_malformed
from letterhub.web.sessions import save_session_changes, skip_code_page
from letterhub.web.sign_in.login_rate_limit import release_tokens

log = logging.getLogger(__name__)

REQUEST_ID_HEADER = "X-Request-ID"
REQUEST_ID_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{7,63}", re.ASCII)
SLOW_SECONDS = 1.0
UNCOUNTED_BLUEPRINTS = frozenset({"health", "metrics"})
"""Blueprints of health checks and scrapes, which are neither counted nor watched."""


def init_app(app: Flask, settings: Settings) -> None:
    """Register the hooks. The CSRF check stands between those before all pages and those before Flask-Security's pages."""
    app.extensions["concurrency_limits"] = limits = ConcurrencyLimits()
    watch = ProxyWatch() if settings.https else None

    def before_request() -> Response | None:
        """Begin the request: log context, a slot, a database that GET cannot write to. Return a response to reject it."""
        route = request.url_rule.rule if request.url_rule else ""
        g.request_id, g.request_started = request_id_from(request.environ, settings), time.perf_counter()
        set_log_context(request=g.request_id, method=request.method, route=route)
        if TRACING.tracer:
            g.span = TRACING.span(f"{request.method} {route}", http_request_method=request.method, http_route=route)
            g.open_span = g.span.__enter__()
        if watch and request.blueprint not in UNCOUNTED_BLUEPRINTS:
            watch.record(request.remote_addr or "", time.monotonic())
        if rejection := acquire_slot(limits):
            return rejection
        set_read_only(request.method in SAFE_METHODS)
        reject_malformed()
        return None

    app.before_request(before_request)
    csrf.init_app(app)
    app.before_request_funcs["security"].append(_before_account_page)
    app.after_request(_after_request)
    app.teardown_request(_end_request)


def _before_account_page() -> ResponseReturnValue | None:
    """Run the checks that Flask-Security's own pages need."""
    clean_next()
    expire_pending_sign_in()
    return refuse_first_setup() or require_recent_password() or skip_code_page()


def _after_request(response: Response) -> Response:
    """Store what signing in changed, complete the headers, then count and log the response."""
    if request.method not in SAFE_METHODS and ("new_session" in g or "ended_session" in g):
        save_session_changes()
    if request.blueprint == "security":
        record_password_time()
    if "limited_tries" in g:
        release_tokens()
    add_security_headers(response)
    response.headers[REQUEST_ID_HEADER] = g.request_id
    seconds, status = time.perf_counter() - g.request_started, response.status_code
    if request.blueprint not in UNCOUNTED_BLUEPRINTS:
        responses, durations = _metrics_for(request.endpoint or "none", status // 100)
        responses.inc()
        durations.observe(seconds)
    if "open_span" in g:
        g.open_span.set_attribute("http.response.status_code", status)
    if request.method not in SAFE_METHODS or status >= 400 or seconds >= SLOW_SECONDS:
        log_fields = {"endpoint": request.endpoint or "", "status": status, "ms": round(seconds * 1000)}
        log.log(logging.WARNING if status >= 500 else logging.INFO, "answered", extra={"facts": log_fields})
    return response


def _end_request(_error: BaseException | None) -> None:
    """Undo what `before_request` has set, and release the slot, however the request ended."""
    set_read_only(None)
    if (span := g.pop("span", None)) is not None:
        span.__exit__(None, None, None)
    if (limit := g.pop("limit", None)) is not None:
        limit.release(g.network, has_slot=g.has_slot)
    set_log_context()


def request_id_from(environ: Mapping[str, Any], settings: Settings) -> str:
    """Return the id of a request. A trusted proxy may send one, if it has a safe form."""
    client_id = environ.get("HTTP_X_REQUEST_ID", "") if settings.trusted_proxies else ""
    return client_id if REQUEST_ID_PATTERN.fullmatch(client_id) else secrets.token_hex(8)


def request_id() -> str:
    """Return the id of the current request; "" outside of one."""
    return str(g.get("request_id", ""))


@cache
def _metrics_for(endpoint: str, hundreds: int) -> tuple[Counter, Histogram]:
    """Return the metrics of an endpoint and status class. Cached: the lookup takes longer than counting."""
    return REQUESTS.labels(endpoint, f"{hundreds}xx"), REQUEST_SECONDS.labels(endpoint)
