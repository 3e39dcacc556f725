"""Runner: polls the tables every second, and has due work done by threads, with a queue in SQLite, PostgreSQL or Redis.

The rows say what is due; a task in Huey's queue is only a hint to look. So a lost task costs a second, a duplicate nothing, and
the queue can be deleted at any time.

See docs/design/jobs.md.
"""

import logging
import os
import signal
import threading
from collections.abc import Callable
from contextlib import closing
from importlib import import_module
from types import FrameType

from flask import Flask
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey, storage
from huey.consumer import Consumer
from huey.serializer import SignedSerializer

from letterhub.config import Settings
from letterhub.domain.errors import first_error_line
from letterhub.infrastructure.connections import connection_string, libpq_parameters
from letterhub.jobs.heartbeat import StorageMonitor, WorkerHeartbeat
from letterhub.jobs.tasks import WorkerTasks

NAME = "letterhub"
POLL_SECONDS = 1.0  # seconds between two polls: the maximum delay of a confirmation mail
RETRY_SECONDS = 5.0  # seconds until the next poll after a failed one
QUEUE_POLL_SECONDS = 0.2  # seconds between two polls of a queue without blocking reads
CONNECT_TIMEOUT, RESPONSE_TIMEOUT = 2, 5  # seconds for connecting to Redis, and for each answer
THREADS = 2
HEALTH_ROUNDS = 10
CLOCK_ROUNDS = 60

log = logging.getLogger(__name__)


def create_queue(settings: Settings) -> Huey:
    """Return Huey's queue for the settings: in Redis if configured, else in PostgreSQL, else in a SQLite file of its own."""
    options = {"results": False, "serializer": SignedSerializer(secret=settings.secret_key)}
    if settings.redis_url:
        # without timeouts, a vanished machine would be waited for forever
        timeouts = f"socket_connect_timeout={CONNECT_TIMEOUT}&socket_timeout={RESPONSE_TIMEOUT}"
        url = f"{settings.redis_url}{'&' if '?' in settings.redis_url else '?'}{timeouts}"
        return RedisHuey(f"{NAME}_{settings.host}", url=url, **options)
    if settings.database_url.startswith("postgresql"):
        dsn = connection_string(libpq_parameters(settings.database_url))
        storage.psycopg = import_module("psycopg")
        return PostgresHuey(NAME, dsn=dsn, **options)
    return SqliteHuey(NAME, filename=str(settings.data_dir / "huey.db"), **options)


def queue_location(settings: Settings) -> str:
    """Return the location of the queue, in a word or two."""
    if settings.redis_url:
        return "Redis"
    return "the database" if settings.database_url.startswith("postgresql") else f"a file in {settings.data_dir}"


def queue_problem(settings: Settings) -> str:
    """Return why the queue cannot be used, as a sentence; "" if it can."""
    try:
        with closing(create_queue(settings).storage) as storage:
            storage.queue_size()
    except Exception as error:  # noqa: BLE001 - each of three servers has its own
        return f"The queue cannot be reached: {first_error_line(error).rstrip('.')}."
    return ""


def run(app: Flask, threads: int = THREADS) -> None:
    """Run until SIGTERM or SIGINT, and finish jobs in progress; a second signal ends at once."""
    stopping = threading.Event()
    _stop_on_signals(stopping)
    _work(app, threads, stopping)


def start_beside_server(app: Flask) -> None:
    """Run in a thread of a web process: from now until its server has answered the last request, and its main thread ended."""
    stopping = threading.Event()

    def stop_with_server() -> None:
        threading.main_thread().join()
        stopping.set()

    def work() -> None:
        try:
            _work(app, THREADS, stopping)
        except BaseException:
            log.exception("the worker beside the server has failed: this process ends, and is started again")
            os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=stop_with_server, name="end of worker").start()
    threading.Thread(target=work, name="worker").start()


class _Consumer(Consumer):  # type: ignore[misc]
    """Consumer that leaves signals to the process in which it runs."""

    def _set_signal_handlers(self) -> None:
        pass


def _work(app: Flask, threads: int, stopping: threading.Event) -> None:
    """Do due work until told to stop, then finish the jobs in progress."""
    settings: Settings = app.extensions["settings"]
    huey = create_queue(settings)
    tasks = WorkerTasks(app, huey, going=lambda: not stopping.is_set(), threads=threads)
    monitor = StorageMonitor(app)
    heartbeat = WorkerHeartbeat(app, tasks.dispatcher, monitor)
    # a queue with blocking reads is not polled, only retried after an error
    max_delay = RETRY_SECONDS if huey.storage.blocking else QUEUE_POLL_SECONDS
    consumer = _Consumer(huey, workers=threads, max_delay=max_delay, backoff=2, scheduler_interval=10)
    consumer.start()
    monitor.start()
    log.info("the worker is at work with %d threads, its queue in %s", threads, queue_location(settings))
    rounds, pause = 0, 0.0
    while not stopping.wait(pause):
        pause = POLL_SECONDS if _poll(heartbeat.tick) and _poll(tasks.start_due) else RETRY_SECONDS
        if rounds % CLOCK_ROUNDS == 0:
            _poll(tasks.repair_clock_skew)
        rounds += 1
        if rounds % HEALTH_ROUNDS == 0:
            consumer.check_worker_health()
    log.info("the worker is told to stop, and finishes what it has in hand")
    monitor.stop()
    consumer.stop(graceful=True)
    tasks.dispatcher.join()
    _poll(heartbeat.flush_metrics)
    log.info("the worker has stopped; emails sent: %d", tasks.pause.sent)


def _poll(poll: Callable[[], None]) -> bool:
    """Look at the tables once; return False if that failed, which is logged."""
    try:
        poll()
    except Exception:
        log.exception("the tables could not be looked at; the next look is in %.0f seconds", RETRY_SECONDS)
        return False
    return True


def _stop_on_signals(stopping: threading.Event) -> None:
    """Set the event on the first SIGTERM or SIGINT; a second one of the same kind ends the process at once."""

    def stop(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
