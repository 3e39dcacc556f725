"""The runner: looks at the tables every second, and has what is due done by threads, on SQLite, PostgreSQL or Redis.

The rows say what is to be done; a task in Huey's queue is only a hint that someone should look. So a lost task costs a
second, a doubled one nothing, and the queue may be thrown away at any time.
"""

import logging
import signal
import threading
from collections.abc import Callable
from types import FrameType

from flask import Flask
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from huey.serializer import SignedSerializer

from letterhub.config import Settings
from letterhub.jobs.tasks import Tasks

NAME = "letterhub"
ROUND = 1.0  # seconds between two looks at the tables: a confirmation mail leaves about this soon
REST = 5.0  # seconds until the next look where one failed
THREADS = 2
HEALTH_ROUNDS = 10

log = logging.getLogger(__name__)


def queue_of(settings: Settings) -> Huey:
    """Huey's queue where the settings put it: in Redis where there is one, else in PostgreSQL, else in a file of its own."""
    known = {"results": False, "serializer": SignedSerializer(secret=settings.secret_key)}
    if settings.redis_url:
        return RedisHuey(NAME, url=settings.redis_url, **known)
    if settings.database_url.startswith("postgresql"):
        return PostgresHuey(NAME, dsn="postgresql://" + settings.database_url.partition("://")[2], **known)
    return SqliteHuey(NAME, filename=str(settings.data_dir / "huey.db"), **known)


def run(app: Flask, threads: int = THREADS) -> None:
    """Works until SIGTERM or SIGINT, and ends when what is in hand is done; a second signal ends it at once."""
    stopping = threading.Event()
    huey = queue_of(app.extensions["settings"])
    tasks = Tasks(app, huey, going=lambda: not stopping.is_set(), threads=threads)
    consumer = huey.create_consumer(workers=threads, max_delay=0.2, scheduler_interval=10)
    consumer.start()
    _stop_on_signals(stopping)
    rounds, pause = 0, 0.0
    while not stopping.wait(pause):
        pause = ROUND if _look(tasks.hint) else REST
        rounds += 1
        if rounds % HEALTH_ROUNDS == 0:
            consumer.check_worker_health()
    consumer.stop(graceful=True)


def _look(hint: Callable[[], None]) -> bool:
    try:
        hint()
    except Exception:
        log.exception("the tables could not be looked at; the next look is in %.0f seconds", REST)
        return False
    return True


def _stop_on_signals(stopping: threading.Event) -> None:
    def stop(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
