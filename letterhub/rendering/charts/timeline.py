"""Chart of signatures over time: the running total as a line above the columns of each day, as geometry for a template.

Drawn for a width in CSS pixels, so that its words have the size of the page's. See docs/design/progress.md.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from letterhub.domain.i18n import _, number_in_digits
from letterhub.domain.progress.figures import Milestone, MilestoneKind, Timeline, TimePoint
from letterhub.domain.progress.ticks import TickFormat, time_ticks, value_ticks
from letterhub.domain.progress.time_bins import BinWidth
from letterhub.rendering.charts.labels import MILESTONE_LABELS, bin_label, tick_label

WIDE, NARROW = 720, 340
CHARACTER, LINE = 7.4, 18
"""Width and height of a label's character, with some air."""
TOTAL_HEIGHT, COLUMNS_HEIGHT, GAP, AXIS_HEIGHT = 150, 90, 58, 24
TICK_SPACE = 62
MAX_LABEL_ROWS = 3
MIN_COLUMN = 0.5
PANEL_LABELS = {
    BinWidth.HOUR: _("Each hour"), BinWidth.DAY: _("Each day"), BinWidth.WEEK: _("Each week"), BinWidth.MONTH: _("Each month"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """Column of a bin, with what a pointer reads there."""

    x: float
    y: float
    width: float
    height: float
    label: str


@dataclass(frozen=True, slots=True)
class AxisTick:
    """Tick of an axis: its place along it, and its label."""

    place: float
    label: str


@dataclass(frozen=True, slots=True)
class Panel:
    """Area of a chart with an axis of its own: its edges, the horizontal lines, and its name."""

    top: float
    bottom: float
    name: str
    ticks: tuple[AxisTick, ...]


@dataclass(frozen=True, slots=True)
class MilestoneLine:
    """Vertical line at an event; its label stands in a row above the panels, before or after the line; "" for no space."""

    kind: MilestoneKind
    x: float
    label: str
    label_y: float
    is_before: bool


@dataclass(frozen=True, slots=True)
class TimelineDrawing:
    """Geometry of a chart. `line` are the points of the running total, `highest` labels the highest column."""

    width: int
    height: float
    left: float
    right: float
    totals: Panel
    columns_panel: Panel
    columns: tuple[Column, ...]
    line: str
    line_end: tuple[float, float]
    total: str
    highest: tuple[float, float, str]
    time_ticks: tuple[AxisTick, ...]
    milestones: tuple[MilestoneLine, ...]

    @property
    def is_wide(self) -> bool:
        """Return whether it is for wide pages."""
        return self.width == WIDE


def draw_timeline(timeline: Timeline, width: int) -> TimelineDrawing:
    """Return the drawing of a timeline with at least one signature, in a width."""
    numbers = value_ticks(max(point.number for point in timeline.points))
    totals = value_ticks(timeline.total)
    total = number_in_digits(timeline.total)
    left = CHARACTER * max(len(number_in_digits(ticks[-1])) for ticks in (numbers, totals)) + 6
    scale = _TimeScale(timeline, left, width - CHARACTER * len(total) - 12)
    milestones, rows = _place_milestones(timeline.milestones, scale, width)
    top = LINE * rows + 40
    upper = _panel(top, TOTAL_HEIGHT, totals, _("Total"))
    lower = _panel(upper.bottom + GAP, COLUMNS_HEIGHT, numbers, PANEL_LABELS[timeline.span.width])
    columns = tuple(_column(point, scale, lower, numbers[-1], timeline.span.width) for point in timeline.points)
    line = [(scale.x_of(timeline.points[0].bin.start), upper.bottom)]
    line += [(scale.x_of(point.bin.end), _y(point.total, totals[-1], upper)) for point in timeline.points]
    return TimelineDrawing(
        width, lower.bottom + AXIS_HEIGHT, left, scale.right, upper, lower, columns,
        " ".join(f"{x:.2f},{y:.2f}" for x, y in line), line[-1], total, _highest(timeline, columns, left),
        _axis(timeline, scale, width), milestones,
    )  # fmt: skip


class _TimeScale:
    """Places of moments between the edges of a chart. Time runs from left to right in every language."""

    def __init__(self, timeline: Timeline, left: float, right: float) -> None:
        self.left, self.right = left, right
        self._start = timeline.span.start.timestamp()
        self._seconds = timeline.span.end.timestamp() - self._start

    def x_of(self, at: dt.datetime) -> float:
        """Return the place of a moment."""
        passed = (at.timestamp() - self._start) / self._seconds
        return round(self.left + passed * (self.right - self.left), 2)


def _panel(top: float, height: float, ticks: Sequence[int], name: str) -> Panel:
    bottom = top + height
    places = tuple(AxisTick(round(bottom - height * tick / ticks[-1], 2), number_in_digits(tick)) for tick in ticks)
    return Panel(top, bottom, str(name), places)


def _y(value: int, highest: int, panel: Panel) -> float:
    return round(panel.bottom - (panel.bottom - panel.top) * value / highest, 2)


def _column(point: TimePoint, scale: _TimeScale, panel: Panel, highest: int, width: BinWidth) -> Column:
    start, end = scale.x_of(point.bin.start), scale.x_of(point.bin.end)
    space = min((end - start) / 5, 3)
    y = _y(point.number, highest, panel)
    label = _("%(when)s: %(count)s, in all %(total)s", when=bin_label(point.bin, width), count=point.number, total=point.total)
    return Column(
        round(start + space / 2, 2), y, round(max(end - start - space, MIN_COLUMN), 2), round(panel.bottom - y, 2), str(label)
    )


def _highest(timeline: Timeline, columns: Sequence[Column], left: float) -> tuple[float, float, str]:
    """Return the place and the label of the highest column's number, which begins right of the axis."""
    point = timeline.highest or timeline.points[0]
    column, label = columns[timeline.points.index(point)], number_in_digits(point.number)
    return round(max(column.x + column.width / 2, left + CHARACTER * len(label) / 2), 2), column.y - 5, label


def _axis(timeline: Timeline, scale: _TimeScale, width: int) -> tuple[AxisTick, ...]:
    """Return the ticks of time that have space; the first month of each year has its year."""
    years = set[int]()
    ticks = []
    for tick in time_ticks(timeline.span, int((scale.right - scale.left) / TICK_SPACE)):
        label = tick_label(tick, with_year=tick.format is TickFormat.MONTH and tick.at.year not in years)
        years.add(tick.at.year)
        if (place := scale.x_of(tick.at)) + CHARACTER * len(label) <= width:
            ticks.append(AxisTick(place, label))
    return tuple(ticks)


def _place_milestones(milestones: Sequence[Milestone], scale: _TimeScale, width: int) -> tuple[tuple[MilestoneLine, ...], int]:
    """Return the milestones with their labels in rows where they don't overlap, and the number of rows; reminders come last.

    A label without space in any row is left out: its line stays, and the table below the chart names it.
    """
    rows: list[list[tuple[float, float]]] = []
    placed = []
    for milestone in sorted(milestones, key=lambda milestone: milestone.kind is MilestoneKind.REMINDED):
        x, label = scale.x_of(milestone.at), str(MILESTONE_LABELS[milestone.kind])
        length = CHARACTER * len(label) + 8
        is_before = x + length > width
        start, end = (x - length, x) if is_before else (x, x + length)
        row = next(
            (n for n, taken in enumerate(rows) if all(end <= left or right <= start for left, right in taken)), len(rows)
        )
        if row == MAX_LABEL_ROWS or start < 0:
            placed.append(MilestoneLine(milestone.kind, x, "", 0, is_before))
            continue
        rows[row:] = [[*(rows[row] if row < len(rows) else ()), (start, end)], *rows[row + 1 :]]
        placed.append(MilestoneLine(milestone.kind, x, label, LINE * row + 12, is_before))
    return tuple(placed), len(rows)
