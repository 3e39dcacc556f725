"""Checks of a worker's data folder and object store, in a thread of their own.

An unavailable store may take a minute to fail, and a failing disk longer: neither may delay heartbeats.
"""

import logging
import threading
from collections.abc import Callable

from flask import Flask

from letterhub.domain.operations.heartbeat import HeartbeatKind
from letterhub.infrastructure.app_extensions import current_settings
from letterhub.infrastructure.machine import folder_problem
from letterhub.infrastructure.object_store import store

CHECK_SECONDS = 30.0  # seconds

log = logging.getLogger(__name__)


class StorageMonitor:
    """Thread that checks for problems; `found` holds those of the last check."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.found: frozenset[HeartbeatKind] = frozenset()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watch", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop it without waiting for a check in progress."""
        self._ended.set()

    def _watch(self) -> None:
        while True:
            with self.app.app_context():
                try:
                    self.found = frozenset(kind for kind, find_problem in CHECKS.items() if find_problem())
                except Exception:
                    log.exception("the data folder and the store of files could not be looked at")
            if self._ended.wait(CHECK_SECONDS):
                return


def _files_problem() -> str:
    object_store = store()
    return object_store.problem() if object_store else ""


CHECKS: dict[HeartbeatKind, Callable[[], str]] = {
    HeartbeatKind.DISK_FULL: lambda: folder_problem(current_settings().data_dir),
    HeartbeatKind.FILES_AWAY: _files_problem,
}
