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

    def __init__(self, app: Flask, dispatcher: Dispatcher, watch: StorageMonitor) -> None:
        self.app = app
        self.dispatcher = dispatcher
        self.watch = watch
        self.name = secrets.token_hex(8)
        self.machine = machine_id()
        self.beaten = self.sent = float("-inf")
        self.silent: tuple[SitePart, ...] = ()
        self.logged: tuple[SitePart, ...] = ()
        self.troubled: frozenset[HeartbeatKind] = frozenset()
        dispatcher.register(QUEUE_TEST, self._moved)

    def tick(self) -> None:
        """Send due heartbeats and flush metrics; to be called repeatedly by the worker's loop."""
        if time.monotonic() - self.beaten >= HEARTBEAT_SECONDS:
            with self.app.app_context():
                self._give(HeartbeatKind.WORKER)
                self._tell_trouble()
                self._log_changes()
            self.flush_metrics()
            self.beaten = time.monotonic()
        if time.monotonic() - self.sent >= QUEUE_TEST_SECONDS:
            if QUEUE_TEST not in self.dispatcher.waiting():
                self.dispatcher.start(QUEUE_TEST)
            self.sent = time.monotonic()

    def flush_metrics(self) -> None:
        """Flush this process's metrics; at its end too, so that none are lost."""
        with self.app.app_context():
            flush_metrics()

    def _tell_trouble(self) -> None:
        """Record current problems, and delete those that are over."""
        away = HeartbeatKind.REDIS_AWAY if current_settings().redis_url else HeartbeatKind.QUEUE_AWAY
        now_so = self.watch.found | ({away} if self.dispatcher.away_since is not None else set())
        for sign in PART_BY_PROBLEM:
            if sign in now_so:
                self._give(sign)
            elif sign in self.troubled:
                delete_heartbeat(sign, self.name)
        self.troubled = now_so

    def _log_changes(self) -> None:
        """Log parts that are not ready at two consecutive beats, and when all are ready again."""
        before, self.silent = self.silent, silent_site_parts()
        if self.silent == before != self.logged:
            log.warning("not ready: %s" if before else "ready again%s", ", ".join(before))
            self.logged = before

    def _moved(self) -> None:
        with self.app.app_context():
            self._give(HeartbeatKind.QUEUE)

    def _give(self, sign: HeartbeatKind) -> None:
        record_heartbeat(sign, self.name, self.machine, database_now(), seconds_ahead())
