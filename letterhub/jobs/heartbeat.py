"""Worker heartbeat: a row updated every ten seconds, and a test task through the queue every minute.

See docs/design/jobs.md.
"""

import logging
import secrets
import time

from flask import Flask

from letterhub.commands.operations.heartbeat import delete_heartbeat, record_heartbeat
from letterhub.commands.operations.metrics import flush_metrics
from letterhub.domain.operations.heartbeat import (
    HEARTBEAT_SECONDS,
    PART_BY_PROBLEM,
    QUEUE_TEST_SECONDS,
    HeartbeatKind,
    SitePart,
)
from letterhub.infrastructure.app_extensions import current_settings
from letterhub.infrastructure.machine import machine_id
from letterhub.jobs.dispatcher import QUEUE_TEST, Dispatcher
from letterhub.jobs.storage_monitor import StorageMonitor
from letterhub.queries.operations.clock_offset import database_now, seconds_ahead
from letterhub.queries.operations.readiness import silent_site_parts

log = logging.getLogger(__name__)


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
        """Flush this process's metrics; at its end too, so that none are lost."""
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
        if self.silent == before != self.logged_silent:
            log.warning("not ready: %s" if before else "ready again%s", ", ".join(before))
            self.logged_silent = before

    def _record_queue(self) -> None:
        with self.app.app_context():
            self._record(HeartbeatKind.QUEUE)

    def _record(self, kind: HeartbeatKind) -> None:
        record_heartbeat(kind, self.name, self.machine, database_now(), seconds_ahead())
