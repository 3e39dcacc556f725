"""Request and error metrics of this process, flushed to the database every few seconds."""

import atexit
import logging
import os
import threading
import time
from functools import cache

from flask import Flask, Response, g, request
from flask.typing import ResponseReturnValue
from prometheus_client import Counter, Histogram

from letterhub.commands.operations.metrics import flush_metrics
from letterhub.domain.errors import UserFacingError
from letterhub.infrastructure.logs import describe_error
from letterhub.infrastructure.metrics import REQUEST_SECONDS, REQUESTS, count_error_page

log = logging.getLogger(__name__)

FLUSH_INTERVAL = 10.0  # seconds
UNCOUNTED_BLUEPRINTS = frozenset({"health", "metrics"})  # health checks and scrapes are not counted


def init_app(app: Flask) -> None:
    """Count each response of the app and each user-facing error that reaches the web layer."""
    handle = app.handle_user_exception

    def counted(error: Exception) -> ResponseReturnValue:
        if isinstance(error, UserFacingError):
            count_error_page(error)
        return handle(error)

    app.handle_user_exception = counted  # type: ignore[method-assign, assignment]
    app.after_request(_count_response)


def start_flushing_metrics(app: Flask) -> None:
    """Start the thread that flushes the metrics of this process; a forked process starts its own."""
    _start_thread(app)
    os.register_at_fork(after_in_child=lambda: _start_thread(app))
    atexit.register(_flush, app)


def _count_response(response: Response) -> Response:
    if request.blueprint not in UNCOUNTED_BLUEPRINTS:
        endpoint = request.endpoint or "none"
        answers, seconds = _metrics_for(endpoint, response.status_code // 100)
        answers.inc()
        seconds.observe(time.perf_counter() - g.request_started)
    return response


@cache
def _metrics_for(endpoint: str, hundreds: int) -> tuple[Counter, Histogram]:
    """Return the metrics of an endpoint and status class. Cached: the lookup takes longer than counting."""
    return REQUESTS.labels(endpoint, f"{hundreds}xx"), REQUEST_SECONDS.labels(endpoint)


def _start_thread(app: Flask) -> None:
    threading.Thread(target=_flush_loop, args=(app,), daemon=True, name="metrics").start()


def _flush_loop(app: Flask) -> None:
    while True:
        time.sleep(FLUSH_INTERVAL)
        _flush(app)


def _flush(app: Flask) -> None:
    """Flush the metrics. What fails now is flushed the next time."""
    try:
        with app.app_context():
            flush_metrics()
    except Exception as error:  # noqa: BLE001 - metrics must never stop the process
        log.warning("the figures could not be kept: %s", describe_error(error))
