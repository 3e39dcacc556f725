"""Labels of charts: bins and ticks of time in words. Interface texts are English, and so are the dates in them."""

import datetime as dt

from babel.dates import format_date

from letterhub.domain.i18n import _
from letterhub.domain.progress.figures import MilestoneKind
from letterhub.domain.progress.ticks import TickFormat, TimeTick
from letterhub.domain.progress.time_bins import BinWidth, TimeBin

MILESTONE_LABELS = {
    MilestoneKind.OPENED: _("Opened"),
    MilestoneKind.REMINDED: _("Reminder"),
    MilestoneKind.DEADLINE: _("Deadline"),
}


def bin_label(one: TimeBin, width: BinWidth) -> str:
    """Return a bin in words, with its year: "January 5, 2022, 2 p.m.", "January 3–9, 2022", "January 2022"."""
    match width:
        case BinWidth.HOUR:
            return f"{_date(one.start, 'MMMM d, y')}, {clock_hour(one.start.hour)}"
        case BinWidth.DAY:
            return _date(one.start, "EEEE, MMMM d, y")
        case BinWidth.WEEK:
            return day_range(one.start.date(), one.last_day)
    return _date(one.start, "MMMM y")


def day_range(first: dt.date, last: dt.date) -> str:
    """Return a range of days in words: "January 3–9, 2022", "January 31–February 6, 2022"."""
    if first == last:
        return _date(first, "MMMM d, y")
    start = "MMMM d" if first.year == last.year else "MMMM d, y"
    end = "d, y" if (first.year, first.month) == (last.year, last.month) else "MMMM d, y"
    return f"{_date(first, start)}–{_date(last, end)}"


def tick_label(tick: TimeTick, *, with_year: bool) -> str:
    """Return the label of a tick: "6 a.m.", "Jan 5", "Mar"; a month has its year if asked for."""
    match tick.format:
        case TickFormat.HOUR:
            return clock_hour(tick.at.hour)
        case TickFormat.DAY:
            return _date(tick.at, "MMM d")
        case TickFormat.MONTH:
            return _date(tick.at, "MMM y" if with_year else "MMM")
    return _date(tick.at, "y")


def clock_hour(hour: int) -> str:
    """Return an hour of the day: "2 p.m.", "noon", "midnight"."""
    if hour in (0, 12):
        return "noon" if hour else "midnight"
    return f"{hour % 12} {'a.m.' if hour < 12 else 'p.m.'}"


def _date(on: dt.date, pattern: str) -> str:
    return str(format_date(on, pattern, locale="en"))
