"""Readiness probe of a web process: can it write, is there disk space, is its clock right. See docs/design/monitoring.md."""

import logging
import secrets
import threading
import time

from letterhub.commands.operations.heartbeat import record_web_heartbeat
from letterhub.domain.operations.heartbeat import SitePart
from letterhub.infrastructure.app_extensions import current_settings
from letterhub.infrastructure.machine import folder_problem
from letterhub.queries.operations.database_space import disk_space_problem
from letterhub.queries.operations.readiness import clock_problem

CACHE_SECONDS = 10.0  # seconds that a result is cached

log = logging.getLogger(__name__)


class ReadinessProbe:
    """Cached readiness of one process. While it is being checked again, other requests get the result before."""

    def __init__(self) -> None:
        self._name = secrets.token_hex(8)
        self._check_lock = threading.Lock()
        self._fresh_until = float("-inf")
        self._parts: tuple[SitePart, ...] = ()

    def unready_parts(self) -> tuple[SitePart, ...]:
        """Return the parts that are not ready, of those that a process can check: database, disk and clock."""
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
