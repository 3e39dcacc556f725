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

from letterhub.commands.operations.metrics import hand_over
from letterhub.domain.errors import Refused
from letterhub.infrastructure.logs import told
from letterhub.infrastructure.metrics import REQUEST_SECONDS, REQUESTS, count_refusal

log = logging.getLogger(__name__)

EVERY = 10.0  # seconds
MACHINES = frozenset({"health", "figures"})  # health checks and scrapes are not counted


def install(app: Flask) -> None:
    """Count each response of the app and each user-facing error that reaches the web layer."""
    handle = app.handle_user_exception

    def counted(error: Exception) -> ResponseReturnValue:
        if isinstance(error, Refused):
            count_refusal(error)
        return handle(error)

    app.handle_user_exception = counted  # type: ignore[method-assign, assignment]
    app.after_request(_counted)


def keep_handing_over(app: Flask) -> None:
    """Start the thread that flushes the metrics of this process; a forked process starts its own."""
    _start(app)
    os.register_at_fork(after_in_child=lambda: _start(app))
    atexit.register(_hand_over, app)


def _counted(response: Response) -> Response:
    if request.blueprint not in MACHINES:
        endpoint = request.endpoint or "none"
        answers, seconds = _figures_of(endpoint, response.status_code // 100)
        answers.inc()
        seconds.observe(time.perf_counter() - g.request_begun)
    return response


@cache
def _figures_of(endpoint: str, hundreds: int) -> tuple[Counter, Histogram]:
    """Return the metrics of an endpoint and status class. Cached: the lookup takes longer than counting."""
    return REQUESTS.labels(endpoint, f"{hundreds}xx"), REQUEST_SECONDS.labels(endpoint)


def _start(app: Flask) -> None:
    threading.Thread(target=_again_and_again, args=(app,), daemon=True, name="figures").start()


def _again_and_again(app: Flask) -> None:
    while True:
        time.sleep(EVERY)
        _hand_over(app)


def _hand_over(app: Flask) -> None:
    """Flush the metrics. What fails now is flushed the next time."""
    try:
        with app.app_context():
            hand_over()
    except Exception as error:  # noqa: BLE001 - metrics must never stop the process
        log.warning("the figures could not be kept: %s", told(error))
