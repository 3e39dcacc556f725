"""Deliveries of webhooks: states, limits, and retries with backoff. See docs/design/programs/webhooks.md."""

import datetime as dt
import enum

from letterhub.domain.errors import UserFacingError

MAX_WEBHOOKS = 10
"""Webhooks of a coalition."""
MAX_TESTS_PER_HOUR = 30
LABEL_LENGTH = 100
LOGGED_DELIVERIES = 100
"""Finished deliveries of a webhook that its log has; those that wait are all there."""
LOG_LIFETIME = dt.timedelta(days=30)
"""Time after which a finished delivery is deleted."""
ANSWER_BYTES = 2048
"""Bytes of a receiver's answer that are read and logged."""
GIVE_UP_AFTER = dt.timedelta(days=3)
FIRST_WAIT = dt.timedelta(seconds=10)
MAX_WAIT = dt.timedelta(hours=6)
MAX_REST = dt.timedelta(hours=1)
SECRET_OVERLAP = dt.timedelta(days=1)
"""Time after a new secret was made in which the old one signs, too."""
ACTIVE_AGAIN_AFTER = 3
"""Failures in a row after which a success makes everything due that waits for the receiver: it was away."""
GONE = 410
"""Status by which a receiver says for good that it wants no more."""


class DeliveryState(enum.StrEnum):
    """State of a delivery."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    FAILED = "failed"


class WebhookRefused(UserFacingError):
    """Raised when a webhook can't be added, changed or used."""


class WebhookChanged(UserFacingError):
    """Raised when somebody else changed a webhook meanwhile."""


def next_attempt_at(requested_at: dt.datetime, failures: int, at: dt.datetime, chance: float) -> dt.datetime | None:
    """Return when to retry a delivery that was requested at `requested_at` and failed `failures` times, last at `at`; None to
    give up.

    The wait is ten seconds, and three times as long after each failure, up to six hours. `chance`, from 0 to 1, adds 20 %
    jitter.
    """
    wait = min(_wait(failures), MAX_WAIT)
    due_at = at + wait * (0.8 + 0.4 * chance)
    return due_at if due_at <= requested_at + GIVE_UP_AFTER else None


def rest_until(failures: int, at: dt.datetime) -> dt.datetime:
    """Return until when a receiver that failed so often in a row is left alone, whatever waits for it: ten seconds, and three
    times as long each time, up to an hour."""
    return at + min(_wait(failures), MAX_REST)


def _wait(failures: int) -> dt.timedelta:
    factor: int = 3 ** min(failures - 1, 10)
    return FIRST_WAIT * factor
