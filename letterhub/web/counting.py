"""Counts what this process answers and refuses, and has it handed over to the tables every few seconds."""

import atexit
import logging
import os
import threading
import time
from functools import cache

from flask import Flask, Response, g, request
from flask.typing import ResponseReturnValue
from prometheus_client import Counter, Histogram

from letterhub.commands.counting import hand_over
from letterhub.counting import REQUEST_SECONDS, REQUESTS, count_refusal
from letterhub.domain.refusals import Refused
from letterhub.logs import told

log = logging.getLogger(__name__)

EVERY = 10.0  # seconds
MACHINES = frozenset({"health", "figures"})  # what watchers ask is worth no figure: it would say how often they ask


def install(app: Flask) -> None:
    """Counts every answer of the app, and every refusal that comes as far as the door."""
    handle = app.handle_user_exception

    def counted(error: Exception) -> ResponseReturnValue:
        if isinstance(error, Refused):
            count_refusal(error)
        return handle(error)

    app.handle_user_exception = counted  # type: ignore[method-assign, assignment]
    app.after_request(_counted)


def keep_handing_over(app: Flask) -> None:
    """From here on, a thread of this process hands over what it counts; in a process that is forked off, another one does."""
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
    """Found once for each kind of answer: looking them up takes longer than counting."""
    return REQUESTS.labels(endpoint, f"{hundreds}xx"), REQUEST_SECONDS.labels(endpoint)


def _start(app: Flask) -> None:
    threading.Thread(target=_again_and_again, args=(app,), daemon=True, name="figures").start()


def _again_and_again(app: Flask) -> None:
    while True:
        time.sleep(EVERY)
        _hand_over(app)


def _hand_over(app: Flask) -> None:
    """What cannot be handed over now is handed over the next time."""
    try:
        with app.app_context():
            hand_over()
    except Exception as error:  # noqa: BLE001 - figures must never end what they tell of
        log.warning("the figures could not be kept: %s", told(error))
