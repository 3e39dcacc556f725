"""Dispatcher of jobs, through Huey's queue or in threads of the worker, with metrics of durations and failures.

The tables hold the due work, so nothing is lost with the queue. The dispatcher is used from the worker's main loop only; its
threads are those of Huey, and one for each kind of job started without it.

See docs/design/jobs.md.
"""

import functools
import logging
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from huey import Huey
from huey.api import TaskWrapper

from letterhub.domain.errors import first_error_line
from letterhub.infrastructure.monitoring import JOB_FAULTS, JOB_SECONDS, set_log_context
from letterhub.infrastructure.tracing import TRACING

QUEUE_TEST = "show_life"
"""Name of the job that tests the queue. It is neither timed nor counted."""
PROBE_SECONDS = 10.0  # seconds between two tests of an unavailable queue
NOISY_LOGGERS = ("huey.consumer.Worker", "huey.consumer.Scheduler")

log = logging.getLogger(__name__)


def time_job(name: str, work: Callable[..., None]) -> Callable[..., None]:
    """Wrap a job's work to time and count it under a name."""

    @functools.wraps(work)
    def timed_work(*arguments: object) -> None:
        set_log_context(job=name)
        started = time.monotonic()
        try:
            with TRACING.span(name) if TRACING.tracer else nullcontext():
                work(*arguments)
        except Exception:
            if name != QUEUE_TEST:
                JOB_FAULTS.labels(name).inc()
            raise
        finally:
            if name != QUEUE_TEST:
                JOB_SECONDS.labels(name).observe(time.monotonic() - started)

    return timed_work


class Dispatcher:
    """Jobs of one worker, by name. `away_since` is when the queue became unavailable (`time.monotonic()`), or None."""

    def __init__(self, huey: Huey) -> None:
        self.huey = huey
        self.away_since: float | None = None
        self._probed_at = float("-inf")
        self._work: dict[str, Callable[..., None]] = {}
        self._tasks: dict[str, TaskWrapper] = {}
        self._threads: dict[str, threading.Thread] = {}

    def register(self, name: str, work: Callable[..., None], periodic: Callable[[Any], bool] | None = None) -> TaskWrapper:
        """Register a job under a name; a `periodic` one is started by Huey's scheduler as well."""
        self._work[name] = time_job(name, work)
        register = self.huey.periodic_task(periodic, name=name) if periodic else self.huey.task(name=name)
        self._tasks[name] = register(self._work[name])
        return self._tasks[name]

    def waiting(self) -> set[str]:
        """Return the names of queued jobs; without a queue, of unfinished ones."""
        if self._is_queue_available():
            try:
                return {task.name for task in self.huey.pending()}
            except Exception as error:  # noqa: BLE001 - each of three backends has its own
                self._mark_unavailable(error)
        return {name for name, thread in self._threads.items() if thread.is_alive()}

    def start(self, name: str, *arguments: Any) -> None:
        """Enqueue a job; without a queue, run it in a thread of this worker, unless it is running already."""
        if self.away_since is None:
            try:
                self._tasks[name](*arguments)
            except Exception as error:  # noqa: BLE001
                self._mark_unavailable(error)
            else:
                return
        if name != QUEUE_TEST:
            self.start_in_thread(name, *arguments)

    def start_in_thread(self, name: str, *arguments: Any) -> None:
        """Run a job in a thread of this worker, unless it is running already: for jobs that wait for other people's servers,
        and must not take a thread of the queue."""
        if not (name in self._threads and self._threads[name].is_alive()):
            self._threads[name] = threading.Thread(target=self._run_in_thread, args=(name, arguments), name=name, daemon=True)
            self._threads[name].start()

    def join(self) -> None:
        """Wait for jobs that were started without the queue."""
        for thread in self._threads.values():
            thread.join()

    def _run_in_thread(self, name: str, arguments: tuple[Any, ...]) -> None:
        try:
            self._work[name](*arguments)
        except Exception:
            log.exception("a job failed: %s", name)

    def _is_queue_available(self) -> bool:
        """Return whether the queue is available; an unavailable one is tested now and then."""
        if self.away_since is not None and time.monotonic() - self._probed_at >= PROBE_SECONDS:
            try:
                self._tasks[QUEUE_TEST]()
            except Exception:  # noqa: BLE001
                self._probed_at = time.monotonic()
            else:
                log.warning("the queue answers again, after %.0f seconds", time.monotonic() - self.away_since)
                self.away_since = None
                _silence_huey(False)
        return self.away_since is None

    def _mark_unavailable(self, error: Exception) -> None:
        if self.away_since is None:
            log.error("the queue is away: %s. Jobs are started by the tables alone.", first_error_line(error).rstrip("."))
            self.away_since = self._probed_at = time.monotonic()
            _silence_huey(True)


def _silence_huey(quiet: bool) -> None:
    """Silence Huey's repeated tracebacks about an unavailable queue, which is logged once."""
    for name in NOISY_LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL if quiet else logging.NOTSET)
