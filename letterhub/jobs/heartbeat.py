"""Worker heartbeat: a row updated every ten seconds, and a test task through the queue every minute.

See docs/design/jobs.md.
"""

import logging
import secrets
import time

from flask import Flask

from letterhub.commands.operations.heartbeat import end_sign, give_sign
from letterhub.commands.operations.metrics import hand_over
from letterhub.domain.operations.heartbeat import BEAT, ROUND_TRIP, TROUBLE, Sign, SitePart
from letterhub.infrastructure.current import settings_here
from letterhub.infrastructure.host import machine_mark
from letterhub.jobs.dispatch import SHOW_LIFE, Dispatcher
from letterhub.jobs.storage_probe import Watch
from letterhub.queries.operations.clock_offset import database_now, seconds_ahead
from letterhub.queries.operations.readiness import parts_silent

log = logging.getLogger(__name__)


class Beating:
    """Heartbeat of one worker, under a random name: a restarted process is another worker."""

    def __init__(self, app: Flask, dispatcher: Dispatcher, watch: Watch) -> None:
        self.app = app
        self.dispatcher = dispatcher
        self.watch = watch
        self.name = secrets.token_hex(8)
        self.machine = machine_mark()
        self.beaten = self.sent = float("-inf")
        self.silent: tuple[SitePart, ...] = ()
        self.logged: tuple[SitePart, ...] = ()
        self.troubled: frozenset[Sign] = frozenset()
        dispatcher.job(SHOW_LIFE, self._moved)

    def beat(self) -> None:
        """Send due heartbeats and flush metrics; to be called repeatedly by the worker's loop."""
        if time.monotonic() - self.beaten >= BEAT:
            with self.app.app_context():
                self._give(Sign.WORKER)
                self._tell_trouble()
                self._log_changes()
            self.tell_counts()
            self.beaten = time.monotonic()
        if time.monotonic() - self.sent >= ROUND_TRIP:
            if SHOW_LIFE not in self.dispatcher.waiting():
                self.dispatcher.start(SHOW_LIFE)
            self.sent = time.monotonic()

    def tell_counts(self) -> None:
        """Flush this process's metrics; at its end too, so that none are lost."""
        with self.app.app_context():
            hand_over()

    def _tell_trouble(self) -> None:
        """Record current problems, and delete those that are over."""
        away = Sign.REDIS_AWAY if settings_here().redis_url else Sign.QUEUE_AWAY
        now_so = self.watch.found | ({away} if self.dispatcher.away_since is not None else set())
        for sign in TROUBLE:
            if sign in now_so:
                self._give(sign)
            elif sign in self.troubled:
                end_sign(sign, self.name)
        self.troubled = now_so

    def _log_changes(self) -> None:
        """Log parts that are not ready at two consecutive beats, and when all are ready again."""
        before, self.silent = self.silent, parts_silent()
        if self.silent == before != self.logged:
            log.warning("not ready: %s" if before else "ready again%s", ", ".join(before))
            self.logged = before

    def _moved(self) -> None:
        with self.app.app_context():
            self._give(Sign.QUEUE)

    def _give(self, sign: Sign) -> None:
        give_sign(sign, self.name, self.machine, database_now(), seconds_ahead())
