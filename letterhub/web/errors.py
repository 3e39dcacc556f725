"""Error pages for user-facing errors, HTTP errors and faults."""

import logging

from flask import Flask, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from letterhub.clock import now
from letterhub.domain.abuse.rate_limits import TooOften
from letterhub.domain.errors import Refused
from letterhub.infrastructure.logs import told
from letterhub.infrastructure.storage import FileDamaged, FilesAway
from letterhub.queries.operations.health import is_away
from letterhub.web.request_log import request_id

log = logging.getLogger(__name__)

KNOWN = (400, 403, 404, 405, 413, 415, 429)


def install(app: Flask) -> None:
    """Register an error page for every kind of failure."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(TooOften, _too_often)
    app.register_error_handler(FilesAway, _files_away)
    app.register_error_handler(FileDamaged, _file_damaged)
    app.register_error_handler(CSRFError, _form_too_old)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _fault)


def _refused(refusal: Refused) -> ResponseReturnValue:
    return render_template("errors/refused.html", sentence=str(refusal)), 409


def _too_often(refusal: TooOften) -> ResponseReturnValue:
    wait = max(1, int((refusal.free_at - now()).total_seconds()) + 1)
    return render_template("errors/refused.html", sentence=str(refusal)), 429, {"Retry-After": str(wait)}


def _files_away(away: FilesAway) -> ResponseReturnValue:
    log.error("a file cannot be read: %s", away)
    return render_template("errors/files_away.html"), 503, {"Retry-After": "10"}


def _file_damaged(damaged: FileDamaged) -> ResponseReturnValue:
    log.error("a file cannot be given out: %s", damaged)
    return render_template("errors/file_damaged.html"), 500


def _form_too_old(_error: CSRFError) -> ResponseReturnValue:
    return render_template("errors/form_too_old.html"), 400


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400 or error.response is not None:
        return error
    name = str(error.code) if error.code in KNOWN else "400" if error.code < 500 else "500"
    return render_template(f"errors/{name}.html", number=request_id()), error.code


def _fault(error: Exception) -> ResponseReturnValue:
    if is_away(error):
        log.error("the database is away: %s", told(error))
        page = current_app.jinja_env.get_template("errors/503.html")  # renders without the current user: no database access
        return page.render(), 503, {"Retry-After": "10"}
    log.error("a request failed", exc_info=error)
    return render_template("errors/500.html", number=request_id()), 500
