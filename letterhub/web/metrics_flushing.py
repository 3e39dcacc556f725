"""Error metrics of this process, and the thread that flushes all metrics to the database every few seconds."""

import atexit
import logging
import os
import threading
import time

from flask import Flask
from flask.typing import ResponseReturnValue

from letterhub.commands.operations.metrics import flush_metrics
from letterhub.domain.errors import UserFacingError
from letterhub.infrastructure.logs import describe_error
from letterhub.infrastructure.metrics import count_error_page

log = logging.getLogger(__name__)

FLUSH_INTERVAL = 10.0  # seconds


def init_app(app: Flask) -> None:
    """Count each user-facing error that reaches the web layer."""
    handle = app.handle_user_exception

    def count_and_handle(error: Exception) -> ResponseReturnValue:
        if isinstance(error, UserFacingError):
            count_error_page(error)
        return handle(error)

    app.handle_user_exception = count_and_handle  # type: ignore[method-assign, assignment]


def start_flushing_metrics(app: Flask) -> None:
    """Start the thread that flushes the metrics of this process; a forked process starts its own."""
    _start_thread(app)
    os.register_at_fork(after_in_child=lambda: _start_thread(app))
    atexit.register(_flush, app)


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
