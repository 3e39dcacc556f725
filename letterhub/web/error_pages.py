"""Error pages for user-facing errors, HTTP errors and faults; programs of the API get problem details instead."""

import logging
from collections.abc import Mapping
from typing import Any

from flask import Flask, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from letterhub.clock import now
from letterhub.domain.abuse.rate_limits import RateLimited
from letterhub.domain.errors import UserFacingError
from letterhub.infrastructure.monitoring import describe_error
from letterhub.infrastructure.object_store import FileDamaged, StorageUnavailable
from letterhub.queries.operations.health import is_unavailable
from letterhub.web.problems import problem
from letterhub.web.request_hooks import request_id
from letterhub.web.request_security import is_api_request

log = logging.getLogger(__name__)

CODES_WITH_TEMPLATE = (400, 403, 404, 405, 413, 415, 429)
NO_HEADERS: Mapping[str, str] = {}
RETRY_SOON = {"Retry-After": "10"}


def init_app(app: Flask) -> None:
    """Register an error page for every kind of failure."""
    app.register_error_handler(UserFacingError, _user_facing_error)
    app.register_error_handler(RateLimited, _rate_limited)
    app.register_error_handler(StorageUnavailable, _storage_unavailable)
    app.register_error_handler(FileDamaged, _corrupt_file)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _internal_error)


def _error_page(template: str, status: int, headers: Mapping[str, str] = NO_HEADERS, **values: Any) -> ResponseReturnValue:
    """Return an error page, or the problem that a program is told."""
    if is_api_request():
        return problem(status, values.get("sentence", ""), headers, values.get("field", ""), values.get("number", ""))
    return render_template(f"errors/{template}.html", **values), status, dict(headers)


def _user_facing_error(refusal: UserFacingError) -> ResponseReturnValue:
    status = 422 if refusal.field and is_api_request() else 409
    return _error_page("refused", status, sentence=str(refusal), field=refusal.field)


def _rate_limited(refusal: RateLimited) -> ResponseReturnValue:
    wait = max(1, int((refusal.allowed_at - now()).total_seconds()) + 1)
    return _error_page("refused", 429, {"Retry-After": str(wait)}, sentence=str(refusal))


def _storage_unavailable(away: StorageUnavailable) -> ResponseReturnValue:
    log.error("a file cannot be read: %s", away)
    return _error_page("files_away", 503, RETRY_SOON)


def _corrupt_file(damaged: FileDamaged) -> ResponseReturnValue:
    log.error("a file cannot be given out: %s", damaged)
    return _error_page("file_damaged", 500)


def _csrf_error(_error: CSRFError) -> ResponseReturnValue:
    return _error_page("form_too_old", 400)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    """Return the page of an HTTP error; a redirect, or an error that has a response, is returned as it is."""
    if error.code is None or error.code < 400 or error.response is not None:
        return error
    general_name = "400" if error.code < 500 else "500"
    name = str(error.code) if error.code in CODES_WITH_TEMPLATE else general_name
    allowed = {name: value for name, value in error.get_headers() if name == "Allow"} if is_api_request() else NO_HEADERS
    return _error_page(name, error.code, allowed, number=request_id())


def _internal_error(error: Exception) -> ResponseReturnValue:
    """Return the page of a fault, logged with its traceback, or 503 while the database cannot be reached."""
    if is_unavailable(error):
        log.error("the database is away: %s", describe_error(error))
        if is_api_request():
            return problem(503, headers=RETRY_SOON)
        page = current_app.jinja_env.get_template("errors/503.html")  # renders without the current user: no database access
        return page.render(), 503, RETRY_SOON
    log.error("a request failed", exc_info=error)
    return _error_page("500", 500, number=request_id())
