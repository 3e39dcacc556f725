"""Checks of a worker's data folder and object store, in a thread of their own.

An unavailable store may take a minute to fail, and a failing disk longer: neither may delay heartbeats.
"""

import logging
import threading
from collections.abc import Callable

from flask import Flask

from letterhub.domain.operations.heartbeat import Sign
from letterhub.infrastructure.current import settings_here
from letterhub.infrastructure.host import folder_trouble
from letterhub.infrastructure.storage import store

EVERY = 30.0  # seconds

log = logging.getLogger(__name__)


class Watch:
    """Thread that checks for problems; `found` holds those of the last check."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.found: frozenset[Sign] = frozenset()
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
                    self.found = frozenset(sign for sign, trouble in LOOKS.items() if trouble())
                except Exception:
                    log.exception("the data folder and the store of files could not be looked at")
            if self._ended.wait(EVERY):
                return


def _files_trouble() -> str:
    place = store()
    return place.trouble() if place else ""


LOOKS: dict[Sign, Callable[[], str]] = {
    Sign.DISK_FULL: lambda: folder_trouble(settings_here().data_dir),
    Sign.FILES_AWAY: _files_trouble,
}
