"""Worker heartbeat: a row updated every ten seconds, a test task through the queue, and checks of file storage.

An unavailable store may take a minute to fail, and a failing disk longer: neither may delay heartbeats.

See docs/design/jobs.md.
"""

import logging
import secrets
import threading
import time
from collections.abc import Callable

from flask import Flask

from letterhub.commands.operations.heartbeat import delete_heartbeat, record_heartbeat
from letterhub.commands.operations.metrics import flush_metrics
from letterhub.domain.operations.readiness import (
    HEARTBEAT_SECONDS,
    PART_BY_PROBLEM,
    QUEUE_TEST_SECONDS,
    HeartbeatKind,
    SitePart,
)
from letterhub.infrastructure.machine import folder_problem, machine_id
from letterhub.infrastructure.object_store import store
from letterhub.infrastructure.signed_links import current_settings
from letterhub.jobs.dispatcher import QUEUE_TEST, Dispatcher
from letterhub.queries.operations.health import database_now, seconds_ahead, silent_site_parts

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
        """Check for problems every half minute until the thread is stopped. A check that fails changes nothing."""
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


class WorkerHeartbeat:
    """Heartbeat of one worker, under a random name: a restarted process is another worker."""

    def __init__(self, app: Flask, dispatcher: Dispatcher, monitor: StorageMonitor) -> None:
        self.app = app
        self.dispatcher = dispatcher
        self.monitor = monitor
        self.name = secrets.token_hex(8)
        self.machine = machine_id()
        self.last_sent_at = self.last_queue_test_at = float("-inf")
        self.silent: tuple[SitePart, ...] = ()
        self.logged_silent: tuple[SitePart, ...] = ()
        self.problems: frozenset[HeartbeatKind] = frozenset()
        dispatcher.register(QUEUE_TEST, self._record_queue)

    def tick(self) -> None:
        """Send due heartbeats and flush metrics; to be called repeatedly by the worker's loop."""
        if time.monotonic() - self.last_sent_at >= HEARTBEAT_SECONDS:
            with self.app.app_context():
                self._record(HeartbeatKind.WORKER)
                self._record_problems()
                self._log_changes()
            self.flush_metrics()
            self.last_sent_at = time.monotonic()
        if time.monotonic() - self.last_queue_test_at >= QUEUE_TEST_SECONDS:
            if QUEUE_TEST not in self.dispatcher.waiting():
                self.dispatcher.start(QUEUE_TEST)
            self.last_queue_test_at = time.monotonic()

    def flush_metrics(self) -> None:
        """Flush this process's metrics, also when it ends, so that none are lost."""
        with self.app.app_context():
            flush_metrics()

    def _record_problems(self) -> None:
        """Record current problems, and delete those that are over."""
        queue_problem = HeartbeatKind.REDIS_AWAY if current_settings().redis_url else HeartbeatKind.QUEUE_AWAY
        current_problems = self.monitor.found | ({queue_problem} if self.dispatcher.away_since is not None else set())
        for kind in PART_BY_PROBLEM:
            if kind in current_problems:
                self._record(kind)
            elif kind in self.problems:
                delete_heartbeat(kind, self.name)
        self.problems = current_problems

    def _log_changes(self) -> None:
        """Log parts that are not ready at two consecutive beats, and when all are ready again."""
        before, self.silent = self.silent, silent_site_parts()
        is_lasting = self.silent == before
        if not is_lasting or before == self.logged_silent:
            return
        if before:
            log.warning("not ready: %s", ", ".join(before))
        else:
            log.warning("ready again")
        self.logged_silent = before

    def _record_queue(self) -> None:
        with self.app.app_context():
            self._record(HeartbeatKind.QUEUE)

    def _record(self, kind: HeartbeatKind) -> None:
        record_heartbeat(kind, self.name, self.machine, database_now(), seconds_ahead())
