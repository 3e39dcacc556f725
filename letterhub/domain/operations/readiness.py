"""Readiness of the site: the parts that are not ready, by the heartbeats of workers, queue and backups.

See docs/design/monitoring.md.
"""

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from letterhub.domain.operations.clock_skew import MachineClock

HEARTBEAT_SECONDS = 10  # seconds between two heartbeats of a worker
QUEUE_TEST_SECONDS = 60  # seconds between two test tasks through the queue

WORKER_TIMEOUT = dt.timedelta(minutes=1)
QUEUE_TIMEOUT = dt.timedelta(minutes=5)
OUTAGE_TOLERANCE = dt.timedelta(minutes=1)  # for what a worker reports as unavailable
MAX_MAIL_DELAY = dt.timedelta(minutes=10)
MAX_MAIL_REFUSAL = dt.timedelta(minutes=5)
MAX_BACKUP_AGE = dt.timedelta(days=2)
HEARTBEAT_RETENTION = dt.timedelta(days=1)


class HeartbeatKind(enum.StrEnum):
    """Kind of heartbeat; those of a problem are repeated for as long as it lasts."""

    WORKER = "worker"  # each worker, by a random name per start
    WEB = "web"  # each web process that was asked for readiness
    QUEUE = "queue"  # a test task that went through the queue, by the worker that took it
    BACKUP = "backup"  # a backup that was made
    REDIS_AWAY = "redis-away"  # a worker that cannot reach Redis, where the queue is
    QUEUE_AWAY = "queue-away"  # a worker that cannot use its queue elsewhere
    FILES_AWAY = "files-away"  # a worker that cannot write and read files in the object store
    DISK_FULL = "disk-full"  # a worker whose data folder is read-only or nearly full
    AUDIT_LOG = "audit-log"  # a check of the whole audit log that found it intact
    AUDIT_LOG_BROKEN = "audit-log-broken"  # a check that did not, until one does


class SitePart(enum.StrEnum):
    """Part of the site that may not be ready; the value is what `/readyz` reports. Earlier parts block later ones."""

    DATABASE = "database"  # does not answer, or is read-only
    TABLES = "tables"  # not at the newest migration
    DISK = "disk"  # the database's disk or a data folder is full or read-only
    CLOCK = "clock"  # the clocks of web machine, workers and database differ
    WORKER = "worker"  # no worker has a heartbeat
    QUEUE = "queue"  # workers run, but no task comes through
    REDIS = "redis"  # unavailable; workers poll the tables
    MAIL = "mail"  # due mail is not sent
    FILES = "files"  # the object store is unavailable
    BACKUP = "backup"  # none was made for days


LASTING_KINDS = (HeartbeatKind.BACKUP, HeartbeatKind.AUDIT_LOG, HeartbeatKind.AUDIT_LOG_BROKEN)
"""Kinds that are kept however old they are."""

PART_BY_PROBLEM = {
    HeartbeatKind.REDIS_AWAY: SitePart.REDIS,
    HeartbeatKind.QUEUE_AWAY: SitePart.QUEUE,
    HeartbeatKind.FILES_AWAY: SitePart.FILES,
    HeartbeatKind.DISK_FULL: SitePart.DISK,
}
MAIL_BLOCKERS = frozenset({SitePart.WORKER, SitePart.QUEUE, SitePart.MAIL})


@dataclass(frozen=True, slots=True)
class Heartbeats:
    """Last heartbeats by kind, None for never; `mail_late_since` is when the oldest mail was due that nobody took,
    `mail_refused_since` since when the oldest mail waits that the mail server itself refused last.

    `problems` maps each reported problem to its beginning. `clocks` are those of machines with a heartbeat. `founded_at` is
    when the first coalition was made, None before. All times are by the database's clock.
    """

    worker: dt.datetime | None
    queue: dt.datetime | None
    backup: dt.datetime | None
    mail_late_since: dt.datetime | None
    mail_refused_since: dt.datetime | None
    founded_at: dt.datetime | None = None
    problems: Mapping[HeartbeatKind, dt.datetime] = field(default_factory=dict)
    clocks: tuple[MachineClock, ...] = ()


def unready_parts(heartbeats: Heartbeats, at: dt.datetime) -> tuple[SitePart, ...]:
    """Return the parts that are not ready, in the order in which they block one another.

    Mail that waits for its rate limit is not late, and a recipient's server that defers mail stops no other mail. While Redis
    is known to be unavailable, the queue is not reported.
    """
    parts = {
        part for kind, part in PART_BY_PROBLEM.items() if _is_long_ago(heartbeats.problems.get(kind), OUTAGE_TOLERANCE, at)
    }
    if _is_old(heartbeats.worker, WORKER_TIMEOUT, at):
        parts.add(SitePart.WORKER)
    elif _is_old(heartbeats.queue, QUEUE_TIMEOUT, at) and HeartbeatKind.REDIS_AWAY not in heartbeats.problems:
        parts.add(SitePart.QUEUE)
    is_mail_late = _is_long_ago(heartbeats.mail_late_since, MAX_MAIL_DELAY, at)
    if is_mail_late or _is_long_ago(heartbeats.mail_refused_since, MAX_MAIL_REFUSAL, at):
        parts.add(SitePart.MAIL)
    if _is_long_ago(heartbeats.backup or heartbeats.founded_at, MAX_BACKUP_AGE, at):
        parts.add(SitePart.BACKUP)
    if any(clock.is_skewed for clock in heartbeats.clocks):
        parts.add(SitePart.CLOCK)
    return tuple(part for part in SitePart if part in parts)


def _is_old(last: dt.datetime | None, longest: dt.timedelta, at: dt.datetime) -> bool:
    return last is None or at - last > longest


def _is_long_ago(moment: dt.datetime | None, longest: dt.timedelta, at: dt.datetime) -> bool:
    return moment is not None and at - moment > longest
