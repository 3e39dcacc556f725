"""Heartbeats and readiness: intervals, timeouts, and the parts of the site that are not ready.

See docs/design/monitoring.md.
"""

import datetime as dt
import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from letterhub.domain.i18n import _, join_sentences

HEARTBEAT_SECONDS = 10  # seconds between two heartbeats of a worker
QUEUE_TEST_SECONDS = 60  # seconds between two test tasks through the queue

WORKER_TIMEOUT = dt.timedelta(minutes=1)
QUEUE_TIMEOUT = dt.timedelta(minutes=5)
OUTAGE_TOLERANCE = dt.timedelta(minutes=1)  # for what a worker reports as unavailable
MAX_MAIL_DELAY = dt.timedelta(minutes=10)
MAX_MAIL_REFUSAL = dt.timedelta(minutes=5)
MAX_BACKUP_AGE = dt.timedelta(days=2)
HEARTBEAT_RETENTION = dt.timedelta(days=1)
MAX_CLOCK_SKEW = 20.0  # seconds between two clocks: a two-factor code is valid for 30 seconds


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


PART_BY_PROBLEM = {
    HeartbeatKind.REDIS_AWAY: SitePart.REDIS,
    HeartbeatKind.QUEUE_AWAY: SitePart.QUEUE,
    HeartbeatKind.FILES_AWAY: SitePart.FILES,
    HeartbeatKind.DISK_FULL: SitePart.DISK,
}


MAIL_BLOCKERS = frozenset({SitePart.WORKER, SitePart.QUEUE, SitePart.MAIL})


@dataclass(frozen=True, slots=True)
class MachineClock:
    """Clock of a machine: by how many seconds it is ahead of the database's."""

    machine: str
    seconds_ahead: float

    @property
    def is_skewed(self) -> bool:
        """Return whether it differs from the database's by more than the tolerance."""
        return abs(self.seconds_ahead) > MAX_CLOCK_SKEW


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

    Mail that its rate limit delays is not late, and mail deferred by one recipient's server stops no other. While Redis is
    known to be unavailable, the queue is not reported.
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


class WrongClock(enum.Enum):
    """Clock that is wrong, as far as others are witnesses."""

    THIS_MACHINE = "this machine"
    DATABASE = "database"
    ANOTHER = "another"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ClockSkew:
    """Wrong clock, and by how many seconds it is ahead."""

    which: WrongClock
    seconds_ahead: float

    def __str__(self) -> str:
        seconds = f"{abs(self.seconds_ahead):.0f}"
        difference = (
            _("%(num)s seconds ahead of", num=seconds) if self.seconds_ahead > 0 else _("%(num)s seconds behind", num=seconds)
        )
        match self.which:
            case WrongClock.THIS_MACHINE:
                finding = _(
                    "This machine’s clock is %(by)s the database’s, and other machines agree with the database.", by=difference
                )
            case WrongClock.DATABASE:
                finding = _(
                    "The database’s clock is %(by)s this machine’s, and other machines agree with this one.", by=difference
                )
            case WrongClock.ANOTHER:
                finding = _(
                    "The clock of another machine of this site is %(by)s those of this one and the database.", by=difference
                )
            case WrongClock.UNKNOWN:
                finding = _(
                    "This machine’s clock is %(by)s the database’s, and no other machine tells which is right.", by=difference
                )
        return str(join_sentences([finding, _("Set the wrong clock by NTP: timedatectl set-ntp true.")]))


def find_wrong_clock(own: MachineClock, others: Sequence[MachineClock]) -> ClockSkew | None:
    """Return which clock is wrong, and by how many seconds; None if all agree. `own` is this machine's.

    Clocks of other machines are witnesses: if one of them agrees with the database, this machine's is wrong; if one agrees with
    this machine instead, the database's is.
    """
    witnesses = [clock for clock in others if clock.machine != own.machine]
    if not own.is_skewed:
        offsets = [clock.seconds_ahead for clock in witnesses if clock.is_skewed]
        return ClockSkew(WrongClock.ANOTHER, max(offsets, key=abs)) if offsets else None
    if any(not clock.is_skewed for clock in witnesses):
        return ClockSkew(WrongClock.THIS_MACHINE, own.seconds_ahead)
    if any(abs(clock.seconds_ahead - own.seconds_ahead) <= MAX_CLOCK_SKEW for clock in witnesses):
        return ClockSkew(WrongClock.DATABASE, -own.seconds_ahead)
    return ClockSkew(WrongClock.UNKNOWN, own.seconds_ahead)
