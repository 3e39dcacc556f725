"""Charts of a letter's progress with the tables that say the same: over time, and as rows with bars."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from letterhub.domain.i18n import _, number_in_digits
from letterhub.domain.progress.figures import GroupCount, OutcomeTotals, Timeline, largest_groups, share
from letterhub.rendering.charts.labels import MILESTONE_LABELS, bin_label, day_range
from letterhub.rendering.charts.timeline import NARROW, WIDE, TimelineDrawing, draw_timeline

SCOPE_LABELS = {
    "international": _("International"), "national": _("National"), "state": _("State"), "local": _("Local"),
    "individual": _("Individuals"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TimelineChart:
    """Chart over time, for wide and narrow pages; `description` says in a sentence what it shows. `rows` are the table: when,
    the number, the total; `milestones` the events, each with its label and its moment."""

    wide: TimelineDrawing
    narrow: TimelineDrawing
    description: str
    rows: tuple[tuple[str, int, int], ...]
    milestones: tuple[tuple[str, dt.datetime], ...]


@dataclass(frozen=True, slots=True)
class BarRow:
    """Row of a table with a bar: `length` in percent of the longest one, 0 for none, `share` in whole percent, "" for none."""

    label: str
    number: int
    length: float
    share: str = ""


def timeline_chart(timeline: Timeline) -> TimelineChart | None:
    """Return the chart of a timeline; None without any signature."""
    if not timeline.total:
        return None
    width = timeline.span.width
    rows = tuple((bin_label(point.bin, width), point.number, point.total) for point in timeline.points)
    milestones = tuple((str(MILESTONE_LABELS[milestone.kind]), milestone.at) for milestone in timeline.milestones)
    wide, narrow = (draw_timeline(timeline, size) for size in (WIDE, NARROW))
    return TimelineChart(wide, narrow, _description(timeline), rows, milestones)


def _description(timeline: Timeline) -> str:
    points, highest = timeline.points, timeline.highest
    days = day_range(points[0].bin.start.date(), points[-1].bin.last_day)
    most = bin_label(highest.bin, timeline.span.width) if highest else ""
    count = highest.number if highest else 0
    return str(_("%(days)s: %(total)s in all; most of them, %(count)s, in: %(most)s",
                 days=days, total=timeline.total, count=count, most=most))  # fmt: skip


def group_rows(groups: Iterable[GroupCount], labels: Mapping[str, str], unnamed: str) -> tuple[BarRow, ...]:
    """Return the rows of the largest groups, and of all others together; `unnamed` is the label of those without one."""
    shown, others = largest_groups(groups)
    counted = [(str(labels.get(group.label, group.label)) or unnamed, group.number) for group in shown]
    total = sum(number for _label, number in counted) + others
    together = (BarRow(str(_("All others")), others, 0, percent(others, total)),) if others else ()  # no group, so no bar
    return bar_rows(counted, total) + together


def section_rows(groups: Iterable[GroupCount]) -> tuple[BarRow, ...]:
    """Return the rows of a letter's sections."""
    return group_rows(groups, SCOPE_LABELS, str(_("Without a section")))


def state_rows(groups: Iterable[GroupCount]) -> tuple[BarRow, ...]:
    """Return the rows of the states of signatories."""
    return group_rows(groups, {}, str(_("Without a location")))


def outcome_rows(outcomes: OutcomeTotals) -> tuple[BarRow, ...]:
    """Return the rows of the steps from an invitation to a signature, in percent of the invitations."""
    steps = (
        (_("Invited"), outcomes.invited),
        (_("Opened the form"), outcomes.opened),
        (_("Started to sign"), outcomes.started),
        (_("On the letter"), outcomes.signed),
    )
    return bar_rows([(str(label), number) for label, number in steps], outcomes.invited)


def bar_rows(counted: Sequence[tuple[str, int]], whole: int) -> tuple[BarRow, ...]:
    """Return rows with bars, and their shares of a whole."""
    longest = max((number for _label, number in counted), default=0)
    return tuple(BarRow(label, number, round(share(number, longest), 2), percent(number, whole)) for label, number in counted)


def percent(number: int, whole: int) -> str:
    """Return a share in whole percent: "38%", and "<1%" rather than "0%" for what is there."""
    value = share(number, whole)
    return "<1%" if value and not round(value) else f"{number_in_digits(round(value))}%"
