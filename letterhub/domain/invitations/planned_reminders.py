"""Planned reminders of invitations: so many days before a letter's deadline, at a time of its zone."""

import datetime as dt
from zoneinfo import ZoneInfo

from letterhub.domain.errors import UserFacingError

MAX_DAYS_BEFORE = 60
MAX_PLANNED = 3
MAX_DELAY = dt.timedelta(days=1)
"""Time after which a planned reminder that nobody could send, as the worker was stopped, is no longer sent."""


class CannotPlan(UserFacingError):
    """Raised for a reminder that cannot be planned."""

    field = "days_before"


class ReminderFinished(UserFacingError):
    """Raised for the removal of a reminder that is finished."""


def reminder_due_at(deadline_at: dt.datetime, zone: str, days_before: int, minute: int) -> dt.datetime:
    """Return when a reminder is due: at a `minute` of the day, on the day so many days before a deadline in its zone."""
    day = deadline_at.astimezone(ZoneInfo(zone)).date() - dt.timedelta(days=days_before)
    time = dt.time(minute // 60, minute % 60)
    return dt.datetime.combine(day, time, ZoneInfo(zone)).astimezone(dt.UTC)
