"""Figures of a letter: states of locations, the largest groups, shares, and a drawing that is true to its numbers."""

import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from letterhub.domain.progress.figures import GroupCount, Milestone, MilestoneKind, build_timeline, largest_groups
from letterhub.domain.progress.time_bins import time_span
from letterhub.domain.progress.us_states import state_of
from letterhub.rendering.charts.progress import percent
from letterhub.rendering.charts.sparkline import HEIGHT, draw_sparkline
from letterhub.rendering.charts.timeline import LINE, NARROW, WIDE, draw_timeline


@pytest.mark.parametrize(
    ("location", "state"),
    [
        ("Springfield, IL", "Illinois"), ("Springfield, Ill", "Ill"), ("Illinois", "Illinois"), ("illinois", "Illinois"),
        ("Washington, D.C.", "District of Columbia"), ("Albany, NY 12207", "New York"), ("Albany, NY 12207-1234", "New York"),
        ("Albany, New York, USA", "New York"), ("東京", "東京"), ("Paris, France", "France"), ("", ""), (" , ", ""),
        ("75011", "75011"), ("San Juan, PR", "Puerto Rico"),
    ],
)  # fmt: skip
def test_a_location_has_a_state(location: str, state: str) -> None:
    assert state_of(location) == state


def test_the_largest_groups_come_first_and_the_nameless_last() -> None:
    groups = [GroupCount("b", 2), GroupCount("", 9), GroupCount("a", 2), GroupCount("c", 3)]
    shown, others = largest_groups(groups)
    assert ([group.label for group in shown], others) == (["c", "a", "b", ""], 0)


def test_of_many_groups_the_small_ones_are_counted_together() -> None:
    groups = [GroupCount(f"{number:02}", 20 - number) for number in range(14)]
    shown, others = largest_groups([*groups, GroupCount("", 1)])
    assert (len(shown), shown[-1].label, others) == (12, "", 9 + 8 + 7)


@pytest.mark.parametrize(
    ("number", "whole", "text"),
    [(0, 0, "0%"), (0, 5, "0%"), (1, 3, "33%"), (1, 201, "<1%"), (1, 200, "<1%"), (3, 3, "100%"), (6, 3, "200%")],
)
def test_shares_are_whole_percents(number: int, whole: int, text: str) -> None:
    assert percent(number, whole) == text


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("numbers", [[1, 0, 2], [100_000, 0, 1], [7] * 14])
def test_columns_and_line_have_the_heights_of_their_numbers(width: int, numbers: list[int]) -> None:
    first = dt.date(2022, 1, 5)
    span = time_span(first, first + dt.timedelta(days=len(numbers) - 1), ZoneInfo("America/New_York"))
    drawing = draw_timeline(build_timeline(span, numbers, [Milestone(MilestoneKind.OPENED, span.start)], span.end), width)
    top = int(drawing.columns_panel.ticks[-1].label.replace(",", ""))
    height = drawing.columns_panel.bottom - drawing.columns_panel.top
    assert [round(column.height * top / height) for column in drawing.columns] == pytest.approx(numbers, abs=top / height / 50)
    last = float(drawing.line.rpartition(",")[2])
    highest = int(drawing.totals.ticks[-1].label.replace(",", ""))
    total = (drawing.totals.bottom - last) * highest / (drawing.totals.bottom - drawing.totals.top)
    assert total == pytest.approx(sum(numbers), rel=0.001)
    edges = [(column.x, column.x + column.width) for column in drawing.columns]
    assert all(end <= start for (_, end), (start, _) in pairwise(edges))


def test_labels_of_milestones_stand_in_the_first_row_with_space() -> None:
    span = time_span(dt.date(2022, 1, 1), dt.date(2022, 1, 30), ZoneInfo("America/New_York"))
    days = (0, 1, 2, 15, 16, 17)
    milestones = [Milestone(MilestoneKind.REMINDED, span.start + dt.timedelta(days=day)) for day in days]
    milestones.append(Milestone(MilestoneKind.OPENED, span.start))
    drawing = draw_timeline(build_timeline(span, [1] * 30, milestones, span.end), WIDE)
    first, *reminders = drawing.milestones
    rows = [12, 12 + LINE, 12 + 2 * LINE]
    assert (first.kind, first.label_y) == (MilestoneKind.OPENED, rows[0])
    assert [line.label_y for line in reminders if line.label] == [*rows[1:], *rows]
    assert [bool(line.label) for line in reminders] == [True, True, False, True, True, True]
    assert {line.label_y for line in reminders if not line.label} == {0}


def test_bins_that_have_not_begun_have_no_column() -> None:
    span = time_span(dt.date(2022, 1, 5), dt.date(2022, 1, 9), ZoneInfo("America/New_York"))
    timeline = build_timeline(span, [1, 2, 0, 0, 0], [], dt.datetime(2022, 1, 6, 17, tzinfo=dt.UTC))
    assert [(point.number, point.total) for point in timeline.points] == [(1, 1), (2, 3)]


def test_a_sparkline_is_as_high_as_its_highest_day() -> None:
    line = draw_sparkline([0, 1, 4, 2])
    assert (line.total, [height for *_rest, height in line.columns]) == (7, [0, HEIGHT / 4, HEIGHT, HEIGHT / 2])
    assert [height for *_rest, height in draw_sparkline([0, 0]).columns] == [0, 0]
