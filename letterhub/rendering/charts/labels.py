"""Labels of charts: bins and ticks of time in words, in the language that is spoken now."""

import datetime as dt

from babel.dates import format_date, format_interval, format_skeleton, format_time

from letterhub.domain.i18n import _
from letterhub.domain.interface_languages import DEFAULT_LANGUAGE, locale_of, spoken_language
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
            return f"{_date(one.start, 'MMMM d, y', 'yMMMMd')}, {clock_hour(one.start.hour)}"
        case BinWidth.DAY:
            return _date(one.start, "EEEE, MMMM d, y", "yMMMMEEEEd")
        case BinWidth.WEEK:
            return day_range(one.start.date(), one.last_day)
    return _date(one.start, "MMMM y", "yMMMM")


def day_range(first: dt.date, last: dt.date) -> str:
    """Return a range of days in words: "January 3–9, 2022", "January 31–February 6, 2022"."""
    if first == last:
        return _date(first, "MMMM d, y", "yMMMMd")
    if (language := spoken_language()) != DEFAULT_LANGUAGE:
        return str(format_interval(first, last, "yMMMMd", locale=locale_of(language)))
    start = "MMMM d" if first.year == last.year else "MMMM d, y"
    end = "d, y" if (first.year, first.month) == (last.year, last.month) else "MMMM d, y"
    return f"{format_date(first, start, locale='en')}–{format_date(last, end, locale='en')}"


def tick_label(tick: TimeTick, *, with_year: bool) -> str:
    """Return the label of a tick: "6 a.m.", "Jan 5", "Mar"; a month has its year if asked for."""
    match tick.format:
        case TickFormat.HOUR:
            return clock_hour(tick.at.hour)
        case TickFormat.DAY:
            return _date(tick.at, "MMM d", "MMMd")
        case TickFormat.MONTH:
            return _date(tick.at, "MMM y", "yMMM") if with_year else _date(tick.at, "MMM", "MMM")
    return _date(tick.at, "y", "y")


def clock_hour(hour: int) -> str:
    """Return an hour of the day: "2 p.m.", "noon", "midnight"; "14:00" outside English."""
    if (language := spoken_language()) != DEFAULT_LANGUAGE:
        return str(format_time(dt.time(hour), "short", locale=locale_of(language)))
    if hour in (0, 12):
        return "noon" if hour else "midnight"
    return f"{hour % 12} {'a.m.' if hour < 12 else 'p.m.'}"


def _date(on: dt.date, pattern: str, skeleton: str) -> str:
    """Return a date by the pattern in English, and by what CLDR has for the skeleton in any other language."""
    if (language := spoken_language()) != DEFAULT_LANGUAGE:
        return str(format_skeleton(skeleton, on, locale=locale_of(language)))
    return str(format_date(on, pattern, locale="en"))
