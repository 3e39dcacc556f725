"""Deadlines as a local day and time in a zone, and their conversion to UTC."""

import datetime as dt
from zoneinfo import ZoneInfo

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _

COMMON_ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
)
"""Time zones listed first: those of the United States."""


YEARS = range(2000, 2101)


class YearOutOfRange(UserFacingError):
    """Raised for a year that is probably a typing error, and outside the range of time zone data."""

    field = "deadline_date"


class SkippedTime(UserFacingError):
    """Raised for a time that is skipped when clocks are set forward."""

    field = "deadline_time"


class DeadlinePassed(UserFacingError):
    """Raised for a deadline in the past where one ahead is needed."""

    field = "deadline_date"


def is_deadline_past(deadline_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Return whether a deadline was set and has passed."""
    return deadline_at is not None and now > deadline_at


def local_to_utc(day: dt.date, time: dt.time, zone: str) -> dt.datetime:
    """Convert a local day and time in a zone to UTC.

    Where clocks are set back and the time occurs twice, the later one counts, in favor of the signer. Raises SkippedTime if
    clocks skip it, and YearOutOfRange outside the years 2000 to 2100.
    """
    if day.year not in YEARS:
        raise YearOutOfRange(
            _("Check the year. It must be between %(first)s and %(last)s.", first=str(YEARS[0]), last=str(YEARS[-1]))
        )
    time_zone = ZoneInfo(zone)
    local = dt.datetime.combine(day, time, tzinfo=time_zone).replace(fold=1)
    moment = local.astimezone(dt.UTC)
    if moment.astimezone(time_zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise SkippedTime(
            _("Clocks go forward on this day and skip %(time)s. Choose an hour earlier or later.", time=f"{time:%H:%M}"),
        )
    return moment


def utc_to_local(moment: dt.datetime, zone: str) -> tuple[dt.date, dt.time]:
    """Convert a moment to the day and time in a zone, to the minute."""
    local = moment.astimezone(ZoneInfo(zone))
    return local.date(), local.time().replace(second=0, microsecond=0)
