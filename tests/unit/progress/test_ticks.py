"""Ticks of charts: round numbers, and moments of a calendar that fit."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from letterhub.domain.progress.ticks import time_ticks, value_ticks
from letterhub.domain.progress.time_bins import time_span
from letterhub.rendering.charts.labels import tick_label


@pytest.mark.parametrize(
    ("highest", "ticks"),
    [
        (0, (0, 1)), (1, (0, 1)), (3, (0, 1, 2, 3)), (4, (0, 1, 2, 3, 4)), (5, (0, 2, 4, 6)), (8, (0, 2, 4, 6, 8)),
        (12, (0, 5, 10, 15)), (40, (0, 10, 20, 30, 40)), (41, (0, 20, 40, 60)), (300, (0, 100, 200, 300)),
        (99_999, (0, 50_000, 100_000)), (100_000, (0, 50_000, 100_000)), (100_001, (0, 50_000, 100_000, 150_000)),
    ],
)  # fmt: skip
def test_values_have_few_round_ticks(highest: int, ticks: tuple[int, ...]) -> None:
    assert value_ticks(highest) == ticks


@pytest.mark.parametrize("highest", [*range(300), *(10**power + more for power in range(3, 7) for more in (-1, 0, 1))])
def test_the_last_tick_is_the_first_that_covers_all_values(highest: int) -> None:
    ticks = value_ticks(highest)
    assert ticks[-2] < max(highest, 1) <= ticks[-1]
    assert 2 <= len(ticks) <= 5


@pytest.mark.parametrize(
    ("first", "last", "most", "labels"),
    [
        ("2022-01-05", "2022-01-05", 10, ["Jan 5", "3 a.m.", "6 a.m.", "9 a.m.", "noon", "3 p.m.", "6 p.m.", "9 p.m."]),
        ("2022-01-05", "2022-01-05", 4, ["Jan 5", "6 a.m.", "noon", "6 p.m."]),
        ("2022-01-05", "2022-01-06", 4, ["Jan 5", "noon", "Jan 6", "noon"]),
        ("2022-01-05", "2022-01-11", 10, ["Jan 5", "Jan 6", "Jan 7", "Jan 8", "Jan 9", "Jan 10", "Jan 11"]),
        ("2022-01-05", "2022-01-18", 10, ["Jan 5", "Jan 7", "Jan 9", "Jan 11", "Jan 13", "Jan 15", "Jan 17"]),
        ("2022-01-05", "2022-01-18", 4, ["Jan 5", "Jan 10", "Jan 15"]),
        ("2022-01-05", "2022-10-04", 10, ["Feb 2022", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct"]),
        ("2022-01-05", "2022-10-04", 4, ["Mar 2022", "May", "Jul", "Sep"]),
        ("2021-06-05", "2024-10-04", 10, ["Jul 2021", "Jan 2022", "Jul", "Jan 2023", "Jul", "Jan 2024", "Jul"]),
        ("2021-06-05", "2026-10-04", 6, ["2022", "2023", "2024", "2025", "2026"]),
        ("2022-01-05", "2022-01-07", 0, ["Jan 5"]),
    ],
)  # fmt: skip
def test_moments_have_the_ticks_that_fit(first: str, last: str, most: int, labels: list[str]) -> None:
    span = time_span(dt.date.fromisoformat(first), dt.date.fromisoformat(last), ZoneInfo("America/New_York"))
    ticks = time_ticks(span, most)
    years: list[int] = []
    found = []
    for tick in ticks:
        found.append(tick_label(tick, with_year=tick.at.year not in years))
        years.append(tick.at.year)
    assert found == labels


@pytest.mark.parametrize("days", [1, 2, 3, 7, 14, 30, 61, 62, 63, 90, 270, 434, 435, 800, 3_000, 9_000])
@pytest.mark.parametrize("most", [3, 4, 6, 10])
def test_no_chart_has_more_ticks_than_fit_or_none(days: int, most: int) -> None:
    first = dt.date(2022, 1, 5)
    span = time_span(first, first + dt.timedelta(days=days - 1), ZoneInfo("America/New_York"))
    ticks = time_ticks(span, most)
    assert 1 <= len(ticks) <= most
    assert all(span.start <= tick.at < span.end for tick in ticks)
