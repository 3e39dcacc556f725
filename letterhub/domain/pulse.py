"""Signs of life: what has to happen again and again, how long it may be silent, and which part of the site that stops."""

import datetime as dt
import enum
from dataclasses import dataclass

BEAT = 10  # seconds between two signs of a worker
ROUND_TRIP = 60  # seconds between two tasks that go through the queue to show that it moves

WORKER_SILENT = dt.timedelta(minutes=1)
QUEUE_SILENT = dt.timedelta(minutes=5)
MAIL_LATE = dt.timedelta(minutes=10)
MAIL_REFUSED = dt.timedelta(minutes=15)
FORGOTTEN = dt.timedelta(days=1)


class Sign(enum.StrEnum):
    """What gives a sign of life."""

    WORKER = "worker"  # each worker, by a name that it gives itself at its start
    QUEUE = "queue"  # a task that went through the queue, by the worker that took it
    BACKUP = "backup"  # a backup that was made


class SitePart(enum.StrEnum):
    """A part of the site that may not be ready, by the word that `/readyz` says."""

    DATABASE = "database"  # it does not answer
    TABLES = "tables"  # it is not at the newest migration
    WORKER = "worker"  # no worker shows itself
    QUEUE = "queue"  # workers are there, and no task comes through
    MAIL = "mail"  # mail is due and does not leave


@dataclass(frozen=True, slots=True)
class Signs:
    """When each sign was last given, None for never; since when the oldest mail is due that nobody took (`late_since`), and
    since when the oldest mail waits that the mail server itself was last in the way of (`refused_since`).
    """

    worker: dt.datetime | None
    queue: dt.datetime | None
    backup: dt.datetime | None
    late_since: dt.datetime | None
    refused_since: dt.datetime | None


def silent_parts(signs: Signs, at: dt.datetime) -> tuple[SitePart, ...]:
    """The parts that do not move, the one that holds up the others first.

    Mail that waits for its turn is not late, and one that only its recipient's server puts off stops nobody else's.
    """
    parts = []
    if _is_old(signs.worker, WORKER_SILENT, at):
        parts.append(SitePart.WORKER)
    elif _is_old(signs.queue, QUEUE_SILENT, at):
        parts.append(SitePart.QUEUE)
    late = signs.late_since is not None and at - signs.late_since > MAIL_LATE
    refused = signs.refused_since is not None and at - signs.refused_since > MAIL_REFUSED
    if late or refused:
        parts.append(SitePart.MAIL)
    return tuple(parts)


def _is_old(last: dt.datetime | None, longest: dt.timedelta, at: dt.datetime) -> bool:
    return last is None or at - last > longest
