"""The least that our two forms must do, the floor of the benchmarks, in plain Flask and SQLAlchemy Core.

It checks what our POSTs check, and writes the same rows into the same tables, by statements of its own; the rules are
Letterhub's pure functions. Its requests are those of `bench/web`. A form that needs more ends with 501 instead of less: an
individual's, a corrected address, a name that resembles another, a letter that publishes by a rule, and a mail that waits,
replaces another or gives its tokens back.
"""

import logging
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from flask import Flask, Response, abort, g, redirect, render_template_string, request, session
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from minimal import durable
from ours import settings
from plain_confirming import AlreadyDone, confirm
from plain_signing import FormErrors, sign
from prometheus_client import Counter, Histogram
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import IntegrityError
from werkzeug.middleware.proxy_fix import ProxyFix

from letterhub.domain.abuse.rate_limits import network_of
from letterhub.domain.abuse.submission_limits import TooManyForms
from letterhub.domain.errors import LostRace, UserFacingError
from letterhub.domain.signatures.signing import LetterNotOpen
from letterhub.infrastructure.signed_links import ExpiredLink, InvalidLink, LinkSigner
from letterhub.web.access import MAX_FORM_BYTES
from letterhub.web.concurrency_limits import ConcurrencyLimit
from letterhub.web.request_security import FORM_MIMETYPES, SECRET_LINK_HEADERS, SECURITY_HEADERS

log = logging.getLogger("plain")
RESPONSES = Counter("plain_responses", "Responses by endpoint and class.", ("endpoint", "status"))
SECONDS = Histogram("plain_seconds", "Seconds of a request.", ("endpoint",))
STATUSES: dict[type[Exception], int] = {LetterNotOpen: 409, TooManyForms: 429, InvalidLink: 404, ExpiredLink: 404}
"""Statuses of the pages that refuse a form; that of all others is 422."""
PAGE = """<!doctype html><html lang="en"><title>Sign</title>
{% for sentence in sentences %}<p role="alert">{{ sentence }}</p>{% endfor %}
<form method="post">{% for name, text in typed %}<input name="{{ name }}" value="{{ text }}">{% endfor %}<button>Send</button>
</form></html>"""
TRIES = 3


def plain(url: str, folder: str) -> Flask:
    """Return the app on a database of Letterhub."""
    app, config, engine = Flask("plain"), settings(url, folder), _engine(url)
    app.config.update(
        SECRET_KEY=config.secret_key, TRUSTED_HOSTS=["127.0.0.1"], MAX_CONTENT_LENGTH=MAX_FORM_BYTES,
        SESSION_COOKIE_NAME="letterhub", SESSION_COOKIE_SAMESITE="Lax",
    )  # fmt: skip
    app.extensions |= {"settings": config, "links": LinkSigner((config.secret_key,))}
    Babel(app)
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]
    slots = ConcurrencyLimit(max_active=4, max_waiting=20, max_per_network=8)
    app.before_request(lambda: _begin(slots))
    app.after_request(_complete)
    app.teardown_request(lambda _error: slots.release(g.network, has_slot=True) if g.pop("admitted", False) else None)
    app.register_error_handler(UserFacingError, _show_refusal)

    @app.post("/letters/<slug>/sign")
    def signing(slug: str) -> ResponseReturnValue:
        _check_same_origin()
        session["signing"] = sign(slug, lambda work: _in_transaction(engine, work))
        return redirect(f"/letters/{slug}/check-your-email", 303)

    @app.post("/confirm/<token>")
    def confirming(token: str) -> ResponseReturnValue:
        try:
            confirm(token, lambda work: _in_transaction(engine, work))
        except AlreadyDone:
            return redirect(f"/confirm/{token}", 303)
        return redirect(f"/confirm/{token}/thanks", 303)

    return app


def _engine(url: str) -> Engine:
    engine = create_engine(url, pool_size=8)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", durable)
    return engine


def _in_transaction(engine: Engine, work: Callable[[Connection], Any]) -> Any:
    """Return what a function returns that reads and writes in one transaction; it runs again after a lost race."""
    for tries_left in reversed(range(TRIES)):
        try:
            with _writing(engine) as connection:
                return work(connection)
        except (LostRace, IntegrityError):
            if not tries_left:
                raise
    return None


@contextmanager
def _writing(engine: Engine) -> Iterator[Connection]:
    """Open a transaction, on SQLite with the write lock."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            driver = connection.connection.dbapi_connection
            driver.execute("ROLLBACK")
            driver.execute("BEGIN IMMEDIATE")
        yield connection


def _begin(slots: ConcurrencyLimit) -> None:
    """Refuse what is no form, and what one network sends while others wait; wait for a slot."""
    g.started, g.request_id, g.network = time.perf_counter(), secrets.token_hex(8), network_of(request.remote_addr)
    if "\0" in request.path:
        abort(404)
    if request.mimetype not in FORM_MIMETYPES:
        abort(415)
    if status := slots.admit(g.network):
        abort(status)
    _ = request.form
    if not slots.slots.acquire(timeout=15):
        slots.release(g.network, has_slot=False)
        abort(503)
    g.admitted = True


def _complete(response: Response) -> Response:
    """Add the headers of every response; count and log it."""
    headers = SECURITY_HEADERS | (SECRET_LINK_HEADERS if request.endpoint == "confirming" else {})
    response.headers.extend([*headers.items(), ("X-Request-ID", g.request_id)])
    seconds, endpoint = time.perf_counter() - g.started, request.endpoint or "none"
    responses, durations = _metrics(endpoint, response.status_code // 100)
    responses.inc()
    durations.observe(seconds)
    log.info("answered %s %s %s in %d ms", g.request_id, endpoint, response.status_code, seconds * 1000)
    return response


@cache
def _metrics(endpoint: str, hundreds: int) -> tuple[Counter, Histogram]:
    return RESPONSES.labels(endpoint, f"{hundreds}xx"), SECONDS.labels(endpoint)


def _check_same_origin() -> None:
    """Refuse a form that no page of this site sent."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site != "same-origin" if site is not None else f"{origin}/" != request.host_url:
        abort(400)


def _show_refusal(refusal: UserFacingError) -> ResponseReturnValue:
    """Show the form again with what was typed and what is wrong."""
    sentences = refusal.sentences if isinstance(refusal, FormErrors) else [str(refusal)]
    return render_template_string(PAGE, sentences=sentences, typed=[*request.form.items()]), STATUSES.get(type(refusal), 422)


if "BENCH_DATABASE" in os.environ:
    app = plain(os.environ["BENCH_DATABASE"], os.environ["BENCH_FOLDER"])
