"""Bins of a chart over time: hours, days, weeks or months of a letter's time zone, and the span that a chart shows."""

import datetime as dt
import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from zoneinfo import ZoneInfo

DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
LONGEST = {"hour": 2, "day": 62, "week": 434}
"""Days up to which a chart has bins of a width."""
MAX_DAYS_AHEAD = 2
"""Days that a chart shows of the future beyond as many as it shows of the past."""


class BinWidth(enum.StrEnum):
    """Width of a chart's bins. Weeks begin on Monday."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class TimeBin:
    """Bin from a moment up to, but not including, another; both in the letter's time zone."""

    start: dt.datetime
    end: dt.datetime

    @property
    def last_day(self) -> dt.date:
        """Return the last day that it includes."""
        return (self.end.astimezone(dt.UTC) - dt.timedelta(microseconds=1)).astimezone(self.end.tzinfo).date()


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """Bins of a chart without gaps, all of one width but for the first and the last, which are cut where the chart ends."""

    width: BinWidth
    bins: tuple[TimeBin, ...]

    @property
    def start(self) -> dt.datetime:
        """Return where the chart begins."""
        return self.bins[0].start

    @property
    def end(self) -> dt.datetime:
        """Return where the chart ends."""
        return self.bins[-1].end


def chart_days(first: dt.date, today: dt.date, ended: dt.date | None, deadline: dt.date | None) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of a chart: until today, or until the letter `ended`.

    A coming deadline is included if the past still takes up about half of the chart.
    """
    last = max(first, ended or today)
    if ended is None and deadline is not None and last < deadline <= last + (last - first) + MAX_DAYS_AHEAD * DAY:
        last = deadline
    return first, last


def time_span(first: dt.date, last: dt.date, zone: ZoneInfo, width: BinWidth | None = None) -> TimeSpan:
    """Return the bins from a day to another, both included, in a zone; of the width that suits their number unless given."""
    chosen = width or bin_width((last - first).days + 1)
    if chosen is BinWidth.HOUR:
        edges = _hours(midnight(first, zone), midnight(last + DAY, zone))
    else:
        edges = [midnight(day, zone) for day in _first_days(first, last, chosen)]
    return TimeSpan(chosen, tuple(TimeBin(start, end) for start, end in pairwise(edges)))


def bin_width(days: int) -> BinWidth:
    """Return the width of bins for a chart of so many days."""
    return next((BinWidth(width) for width, longest in LONGEST.items() if days <= longest), BinWidth.MONTH)


def midnight(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    """Return when a day begins in a zone. Where a clock is set forward at midnight, that is the first moment after it."""
    return dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC).astimezone(zone)


def _hours(start: dt.datetime, end: dt.datetime) -> list[dt.datetime]:
    """Return the hours of a span: 23 or 25 on a day when the clock is set."""
    count = round((end.astimezone(dt.UTC) - start.astimezone(dt.UTC)) / HOUR)
    return [(start.astimezone(dt.UTC) + number * HOUR).astimezone(start.tzinfo) for number in range(count + 1)]


def _first_days(first: dt.date, last: dt.date, width: BinWidth) -> Sequence[dt.date]:
    """Return the first day of each bin, and the day after the last one."""
    return (first, *(day for day in _days(first + DAY, last) if _begins(day, width)), last + DAY)


def _days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    return (first + number * DAY for number in range((last - first).days + 1))


def _begins(day: dt.date, width: BinWidth) -> bool:
    match width:
        case BinWidth.WEEK:
            return day.weekday() == 0
        case BinWidth.MONTH:
            return day.day == 1
    return True
