"""Error pages for user-facing errors, HTTP errors and faults."""

import logging

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
from letterhub.web.request_hooks import request_id

log = logging.getLogger(__name__)

CODES_WITH_TEMPLATE = (400, 403, 404, 405, 413, 415, 429)


def init_app(app: Flask) -> None:
    """Register an error page for every kind of failure."""
    app.register_error_handler(UserFacingError, _user_facing_error)
    app.register_error_handler(RateLimited, _rate_limited)
    app.register_error_handler(StorageUnavailable, _storage_unavailable)
    app.register_error_handler(FileDamaged, _corrupt_file)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _internal_error)


def _user_facing_error(refusal: UserFacingError) -> ResponseReturnValue:
    return render_template("errors/refused.html", sentence=str(refusal)), 409


def _rate_limited(refusal: RateLimited) -> ResponseReturnValue:
    wait = max(1, int((refusal.allowed_at - now()).total_seconds()) + 1)
    return render_template("errors/refused.html", sentence=str(refusal)), 429, {"Retry-After": str(wait)}


def _storage_unavailable(away: StorageUnavailable) -> ResponseReturnValue:
    log.error("a file cannot be read: %s", away)
    return render_template("errors/files_away.html"), 503, {"Retry-After": "10"}


def _corrupt_file(damaged: FileDamaged) -> ResponseReturnValue:
    log.error("a file cannot be given out: %s", damaged)
    return render_template("errors/file_damaged.html"), 500


def _csrf_error(_error: CSRFError) -> ResponseReturnValue:
    return render_template("errors/form_too_old.html"), 400


def _http_error(error: HTTPException) -> ResponseReturnValue:
    """Return the page of an HTTP error; a redirect, or an error that has a response, is returned as it is."""
    if error.code is None or error.code < 400 or error.response is not None:
        return error
    general_name = "400" if error.code < 500 else "500"
    name = str(error.code) if error.code in CODES_WITH_TEMPLATE else general_name
    return render_template(f"errors/{name}.html", number=request_id()), error.code


def _internal_error(error: Exception) -> ResponseReturnValue:
    """Return the page of a fault, logged with its traceback, or 503 while the database cannot be reached."""
    if is_unavailable(error):
        log.error("the database is away: %s", describe_error(error))
        page = current_app.jinja_env.get_template("errors/503.html")  # renders without the current user: no database access
        return page.render(), 503, {"Retry-After": "10"}
    log.error("a request failed", exc_info=error)
    return render_template("errors/500.html", number=request_id()), 500
