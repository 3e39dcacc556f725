"""A deadline as people say it, a day and an hour in a zone, and the moment that it means."""

import datetime as dt
from zoneinfo import ZoneInfo

from letterhub.domain.refusals import Refused

USUAL_ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
)
"""The zones offered first: those of the United States."""


YEARS = range(2000, 2101)


class NoSuchYear(Refused):
    """A day so far off that a slip of the hand is the likelier meaning, and that clocks cannot reckon with."""

    field = "deadline_date"


class NoSuchTime(Refused):
    """An hour that clocks skip when they are set forward."""

    field = "deadline_time"


class DeadlinePassed(Refused):
    """A deadline that lies in the past, where one ahead is needed."""

    field = "deadline_date"


def moment_of(day: dt.date, time: dt.time, zone: str) -> dt.datetime:
    """The moment, in UTC, at which clocks in a zone show this day and time.

    Where clocks are set back and show a time twice, the later moment counts: nobody who was in time is turned away.
    Raises NoSuchTime where they skip it, and NoSuchYear outside the years 2000 to 2100.
    """
    if day.year not in YEARS:
        raise NoSuchYear(f"Check the year: it lies between {YEARS[0]} and {YEARS[-1]}.")
    place = ZoneInfo(zone)
    local = dt.datetime.combine(day, time, tzinfo=place).replace(fold=1)
    moment = local.astimezone(dt.UTC)
    if moment.astimezone(place).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise NoSuchTime(
            f"Clocks are set forward on this day and skip {time:%H:%M}. Choose an hour before or after.",
        )
    return moment


def local_parts(moment: dt.datetime, zone: str) -> tuple[dt.date, dt.time]:
    """The day and the time that clocks in a zone show at a moment, to the minute."""
    local = moment.astimezone(ZoneInfo(zone))
    return local.date(), local.time().replace(second=0, microsecond=0)
