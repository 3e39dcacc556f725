"""Bins of charts over time: their width, their edges in a time zone, and the days that a chart shows."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from letterhub.domain.progress.time_bins import BinWidth, bin_width, chart_days, time_span

EASTERN = ZoneInfo("America/New_York")


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("days", "width"),
    [
        (1, BinWidth.HOUR), (2, BinWidth.HOUR), (3, BinWidth.DAY), (14, BinWidth.DAY), (62, BinWidth.DAY),
        (63, BinWidth.WEEK), (270, BinWidth.WEEK), (434, BinWidth.WEEK), (435, BinWidth.MONTH), (4_000, BinWidth.MONTH),
    ],
)  # fmt: skip
def test_bins_are_as_wide_as_the_chart_is_long(days: int, width: BinWidth) -> None:
    assert bin_width(days) is width


@pytest.mark.parametrize(
    ("first", "today", "ended", "deadline", "last"),
    [
        ("2022-01-05", "2022-01-05", None, None, "2022-01-05"),
        ("2022-01-05", "2022-01-05", None, "2022-01-07", "2022-01-07"),
        ("2022-01-05", "2022-01-05", None, "2022-01-08", "2022-01-05"),  # two days ahead at most of a chart of one
        ("2022-01-05", "2022-01-12", None, "2022-01-19", "2022-01-19"),
        ("2022-01-05", "2022-01-12", None, "2022-03-01", "2022-01-12"),
        ("2022-01-05", "2022-01-12", None, "2022-01-10", "2022-01-12"),  # it has passed
        ("2022-01-05", "2022-03-01", "2022-01-20", "2022-02-01", "2022-01-20"),
        ("2022-01-05", "2022-03-01", "2022-01-01", None, "2022-01-05"),  # a clock that was set back
    ],
)
def test_a_chart_ends_today_with_the_letter_or_with_a_deadline_that_is_near(
    first: str, today: str, ended: str | None, deadline: str | None, last: str
) -> None:
    days = chart_days(day(first), day(today), ended and day(ended), deadline and day(deadline))
    assert days == (day(first), day(last))


@pytest.mark.parametrize(
    ("zone", "on", "hours"),
    [
        ("America/New_York", "2022-03-13", 23), ("America/New_York", "2022-11-06", 25), ("America/New_York", "2022-01-05", 24),
        ("Asia/Kathmandu", "2022-01-05", 24), ("Australia/Lord_Howe", "2022-01-05", 24),
    ],
)  # fmt: skip
def test_a_day_has_its_hours(zone: str, on: str, hours: int) -> None:
    span = time_span(day(on), day(on), ZoneInfo(zone))
    assert len(span.bins) == hours
    assert [one.end for one in span.bins[:-1]] == [one.start for one in span.bins[1:]]
    assert (span.start.date(), span.start.hour, span.bins[-1].last_day) == (day(on), 0, day(on))


def test_a_clock_that_is_set_forward_at_midnight_leaves_no_gap() -> None:
    span = time_span(day("2018-11-03"), day("2018-11-05"), ZoneInfo("America/Sao_Paulo"))
    assert [one.start.isoformat() for one in span.bins] == [
        "2018-11-03T00:00:00-03:00", "2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last", "width", "starts"),
    [
        ("2022-01-05", "2022-01-18", None, [f"2022-01-{number:02}" for number in range(5, 19)]),
        ("2022-01-05", "2022-01-18", BinWidth.WEEK, ["2022-01-05", "2022-01-10", "2022-01-17"]),
        ("2022-01-31", "2022-03-01", BinWidth.MONTH, ["2022-01-31", "2022-02-01", "2022-03-01"]),
    ],
)
def test_bins_follow_the_calendar(first: str, last: str, width: BinWidth | None, starts: list[str]) -> None:
    span = time_span(day(first), day(last), EASTERN, width)
    assert [str(one.start.date()) for one in span.bins] == starts
    assert span.bins[-1].last_day == day(last)


def test_nine_months_are_cut_into_weeks_that_lose_no_day() -> None:
    span = time_span(day("2022-01-05"), day("2022-10-04"), EASTERN)
    assert (span.width, len(span.bins)) == (BinWidth.WEEK, 40)
    assert [one.last_day + dt.timedelta(days=1) for one in span.bins[:-1]] == [one.start.date() for one in span.bins[1:]]
