"""Monitoring of a web process: metrics flushed to the database, readiness, and a warning about a proxy.

See docs/design/monitoring.md.
"""

import atexit
import logging
import os
import secrets
import threading
import time

from flask import Flask
from flask.typing import ResponseReturnValue

from letterhub.commands.operations.heartbeat import record_web_heartbeat
from letterhub.commands.operations.metrics import flush_metrics
from letterhub.domain.abuse.rate_limits import parse_ip
from letterhub.domain.errors import UserFacingError
from letterhub.domain.operations.readiness import SitePart
from letterhub.infrastructure.machine import folder_problem
from letterhub.infrastructure.monitoring import count_error_page, describe_error
from letterhub.infrastructure.signed_links import current_settings
from letterhub.queries.operations.health import clock_problem, disk_space_problem

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


CACHE_SECONDS = 10.0  # seconds that a result is cached


class ReadinessProbe:
    """Cached readiness of one process. While it is being checked again, other requests get the result before."""

    def __init__(self) -> None:
        self._name = secrets.token_hex(8)
        self._check_lock = threading.Lock()
        self._fresh_until = float("-inf")
        self._parts: tuple[SitePart, ...] = ()

    def unready_parts(self) -> tuple[SitePart, ...]:
        """Return the parts that are not ready, among those that a process can check by itself: database, disk and clock."""
        if time.monotonic() >= self._fresh_until and self._check_lock.acquire(blocking=False):
            try:
                self._parts = self._check()
                self._fresh_until = time.monotonic() + (CACHE_SECONDS if current_settings().page_cache_seconds else 0.0)
            finally:
                self._check_lock.release()
        return self._parts

    def _check(self) -> tuple[SitePart, ...]:
        """Check database, disk and clock. Logs each problem once, when it begins."""
        if unwritable_part := record_web_heartbeat(self._name):
            return (unwritable_part,)
        problems = {
            SitePart.DISK: disk_space_problem() or folder_problem(current_settings().data_dir),
            SitePart.CLOCK: str(clock_problem() or ""),
        }
        for part, sentence in problems.items():
            if sentence and part not in self._parts:
                log.warning("not ready: %s: %s", part, sentence)
        return tuple(part for part, sentence in problems.items() if sentence)


WARN_AFTER = 100
WARN_INTERVAL = 3600.0  # seconds
WARNING = (
    "the last %s requests all came from %s, which is no visitor's address but a proxy's: limits count all visitors as one. Let "
    "the proxy send X-Forwarded-For, as in deploy/nginx, and set LETTERHUB_TRUSTED_PROXIES to the number of proxies in front"
)


class ProxyWatch:
    """Counter of consecutive requests from one loopback or private address."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.address, self.count, self.warned_at = "", 0, 0.0

    def record(self, address: str, at: float) -> None:
        """Count a request. Warns once an hour, after WARN_AFTER in a row from one such address."""
        ip = parse_ip(address)
        is_internal = ip is not None and (ip.is_loopback or ip.is_private)
        with self.lock:
            if is_internal and address == self.address:
                self.count += 1
            else:
                self.count = 1 if is_internal else 0
            self.address = address
            if self.count < WARN_AFTER or (self.warned_at and at - self.warned_at < WARN_INTERVAL):
                return
            self.warned_at = at
        log.warning(WARNING, WARN_AFTER, address)
