"""Ticks of a chart's axes: round numbers, and moments of a calendar, as many as there is space for."""

import datetime as dt
import enum
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from letterhub.domain.progress.time_bins import DAY, BinWidth, TimeSpan, midnight

MAX_INTERVALS = 4
STEPS = (1, 2, 5)


class TickFormat(enum.StrEnum):
    """Unit that the label of a moment names: its hour, day, month or year."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class TimeTick:
    """Tick at a moment."""

    at: dt.datetime
    format: TickFormat


def value_ticks(highest: int) -> tuple[int, ...]:
    """Return the ticks from 0 to the first one that is not below the highest value: few, whole and round."""
    step = next(
        factor * 10**power
        for power in range(max(len(str(highest)), 1) + 1)
        for factor in STEPS
        if factor * 10**power * MAX_INTERVALS >= highest
    )
    return tuple(range(0, step * max(math.ceil(highest / step), 1) + 1, step))


def time_ticks(span: TimeSpan, most: int) -> tuple[TimeTick, ...]:
    """Return at most so many ticks of a span, at least one: of the shortest step that leaves them space."""
    ticks: Sequence[TimeTick] = ()
    for ticks in _candidates(span):
        if 0 < len(ticks) <= max(most, 1):
            return tuple(ticks)
    return (TimeTick(span.start, TickFormat.DAY),)


def _candidates(span: TimeSpan) -> Iterator[Sequence[TimeTick]]:
    """Yield ticks of each step, from hours to ten years."""
    days = [span.start.date() + number * DAY for number in range((span.bins[-1].last_day - span.start.date()).days + 1)]
    if span.width is BinWidth.HOUR:
        yield from (_ticks_of_hours(span, step) for step in (3, 6, 12))
    for step in (1, 2, 3, 5):
        yield _ticks_of_days(span, days[::step])
    for weeks in (1, 2):
        yield _ticks_of_days(span, [day for day in days if day.weekday() == 0][::weeks])
    for months in (1, 2, 3, 6):
        firsts = [day for day in days if day.day == 1 and (day.month - 1) % months == 0]
        yield _ticks_of_days(span, firsts, TickFormat.MONTH)
    for years in (1, 2, 5, 10):
        firsts = [day for day in days if day.day == day.month == 1 and day.year % years == 0]
        yield _ticks_of_days(span, firsts, TickFormat.YEAR)


def _ticks_of_hours(span: TimeSpan, step: int) -> Sequence[TimeTick]:
    return [
        TimeTick(one.start, TickFormat.HOUR if one.start.hour else TickFormat.DAY)
        for one in span.bins
        if one.start.hour % step == 0
    ]


def _ticks_of_days(span: TimeSpan, days: Sequence[dt.date], tick_format: TickFormat = TickFormat.DAY) -> Sequence[TimeTick]:
    zone = span.start.tzinfo
    return [TimeTick(midnight(day, zone), tick_format) for day in days]  # type: ignore[arg-type]
