"""Signs of life: what has to happen again and again, how long it may be silent, and which part of the site that stops."""

import datetime as dt
import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

BEAT = 10  # seconds between two signs of a worker
ROUND_TRIP = 60  # seconds between two tasks that go through the queue to show that it moves

WORKER_SILENT = dt.timedelta(minutes=1)
QUEUE_SILENT = dt.timedelta(minutes=5)
AWAY_TOO_LONG = dt.timedelta(minutes=1)  # for what a worker reports as away
MAIL_LATE = dt.timedelta(minutes=10)
MAIL_REFUSED = dt.timedelta(minutes=5)
BACKUP_OLD = dt.timedelta(days=2)
FORGOTTEN = dt.timedelta(days=1)
MOST_SKEW = 20.0  # seconds between two clocks: codes of the second step are good for half a minute


class Sign(enum.StrEnum):
    """What gives a sign of life, or of trouble: those of trouble are given for as long as it lasts."""

    WORKER = "worker"  # each worker, by a name that it gives itself at its start
    WEB = "web"  # each web process that was asked whether it is ready
    QUEUE = "queue"  # a task that went through the queue, by the worker that took it
    BACKUP = "backup"  # a backup that was made
    REDIS_AWAY = "redis away"  # a worker whose queue is in Redis, and cannot be reached
    QUEUE_AWAY = "queue away"  # a worker whose queue is elsewhere, and cannot be used
    FILES_AWAY = "files away"  # a worker that cannot keep and read files in the store
    DISK_FULL = "disk full"  # a worker whose data folder cannot be written to, or is nearly full


class SitePart(enum.StrEnum):
    """A part of the site that may not be ready, by the word that `/readyz` says. The first ones stop those after them."""

    DATABASE = "database"  # it does not answer, or takes no changes
    TABLES = "tables"  # it is not at the newest migration
    DISK = "disk"  # the database's disk or a data folder is full, or cannot be written to
    CLOCK = "clock"  # the clocks of web machine, workers and database differ
    WORKER = "worker"  # no worker shows itself
    QUEUE = "queue"  # workers are there, and no task comes through
    REDIS = "redis"  # it is away, and workers go by the tables
    MAIL = "mail"  # mail is due and does not leave
    FILES = "files"  # the store of files is away
    BACKUP = "backup"  # none was made for days


TROUBLE = {
    Sign.REDIS_AWAY: SitePart.REDIS,
    Sign.QUEUE_AWAY: SitePart.QUEUE,
    Sign.FILES_AWAY: SitePart.FILES,
    Sign.DISK_FULL: SitePart.DISK,
}


HOLDS_UP_MAIL = frozenset({SitePart.WORKER, SitePart.QUEUE, SitePart.MAIL})


@dataclass(frozen=True, slots=True)
class Clock:
    """A machine's clock: by how many seconds it is ahead of the database's."""

    machine: str
    ahead: float

    @property
    def is_off(self) -> bool:
        """Whether it differs from the database's by more than it may."""
        return abs(self.ahead) > MOST_SKEW


@dataclass(frozen=True, slots=True)
class Signs:
    """When each sign was last given, None for never; since when the oldest mail is due that nobody took (`late_since`), and
    since when the oldest mail waits that the mail server itself was last in the way of (`refused_since`).

    `trouble` says since when each sign of trouble is given. `clocks` are those of machines that show themselves. `founded_at`
    is when the first coalition was made, None before. All times are by the database's clock.
    """

    worker: dt.datetime | None
    queue: dt.datetime | None
    backup: dt.datetime | None
    late_since: dt.datetime | None
    refused_since: dt.datetime | None
    founded_at: dt.datetime | None = None
    trouble: Mapping[Sign, dt.datetime] = field(default_factory=dict)
    clocks: tuple[Clock, ...] = ()


def silent_parts(signs: Signs, at: dt.datetime) -> tuple[SitePart, ...]:
    """The parts that do not move, the one that holds up the others first.

    Mail that waits for its turn is not late, and one that only its recipient's server puts off stops nobody else's. While
    Redis is known to be away, nothing is said of a queue that does not move.
    """
    parts = {part for sign, part in TROUBLE.items() if _is_long_ago(signs.trouble.get(sign), AWAY_TOO_LONG, at)}
    if _is_old(signs.worker, WORKER_SILENT, at):
        parts.add(SitePart.WORKER)
    elif _is_old(signs.queue, QUEUE_SILENT, at) and Sign.REDIS_AWAY not in signs.trouble:
        parts.add(SitePart.QUEUE)
    if _is_long_ago(signs.late_since, MAIL_LATE, at) or _is_long_ago(signs.refused_since, MAIL_REFUSED, at):
        parts.add(SitePart.MAIL)
    if _is_long_ago(signs.backup or signs.founded_at, BACKUP_OLD, at):
        parts.add(SitePart.BACKUP)
    if any(clock.is_off for clock in signs.clocks):
        parts.add(SitePart.CLOCK)
    return tuple(part for part in SitePart if part in parts)


def _is_old(last: dt.datetime | None, longest: dt.timedelta, at: dt.datetime) -> bool:
    return last is None or at - last > longest


def _is_long_ago(moment: dt.datetime | None, longest: dt.timedelta, at: dt.datetime) -> bool:
    return moment is not None and at - moment > longest


class WrongClock(enum.Enum):
    """Which clock is off, as far as others can bear witness. The value is what to say of it."""

    THIS_MACHINE = (
        "This machine’s clock is {by} that of the database, with which other machines agree. Set this machine’s clock"
    )
    DATABASE = "The database’s clock is {by} that of this machine, with which other machines agree. Set the database’s clock"
    ANOTHER = "The clock of another machine that serves or works is {by} those of this one and the database. Set that machine’s"
    UNKNOWN = "This machine’s clock is {by} the database’s. No other machine is there to tell which is right. Set both"


@dataclass(frozen=True, slots=True)
class ClockTrouble:
    """A clock that is off, and by how many seconds it is ahead."""

    which: WrongClock
    ahead: float

    def __str__(self) -> str:
        by = f"{abs(self.ahead):.0f} seconds {'ahead of' if self.ahead > 0 else 'behind'}"
        return f"{self.which.value.format(by=by)} by NTP: timedatectl set-ntp true."


def wrong_clock(own: Clock, others: Sequence[Clock]) -> ClockTrouble | None:
    """Return which clock is off; None where all agree.

    Clocks of other machines are witnesses: where one of them agrees with the database, it is this machine's that is off;
    where they agree with this machine instead, it is the database's.
    """
    witnesses = [one for one in others if one.machine != own.machine]
    if not own.is_off:
        off = [one.ahead for one in witnesses if one.is_off]
        return ClockTrouble(WrongClock.ANOTHER, max(off, key=abs)) if off else None
    if any(not one.is_off for one in witnesses):
        return ClockTrouble(WrongClock.THIS_MACHINE, own.ahead)
    if any(abs(one.ahead - own.ahead) <= MOST_SKEW for one in witnesses):
        return ClockTrouble(WrongClock.DATABASE, -own.ahead)
    return ClockTrouble(WrongClock.UNKNOWN, own.ahead)
