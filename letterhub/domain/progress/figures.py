"""Figures of a letter: signatures over time with milestones, shares of the whole, and steps of invitations."""

import datetime as dt
import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate

from letterhub.domain.invitations.invitation import InvitationOutcome
from letterhub.domain.progress.time_bins import TimeBin, TimeSpan

MAX_GROUPS = 12
STARTED = frozenset(
    {
        InvitationOutcome.SIGNED, InvitationOutcome.IN_REVIEW, InvitationOutcome.OUTDATED, InvitationOutcome.WITHDRAWN,
        InvitationOutcome.TURNED_DOWN, InvitationOutcome.UNCONFIRMED,
    }
)  # fmt: skip
"""Outcomes of invitations whose form was submitted."""


class MilestoneKind(enum.StrEnum):
    """Kind of event that a chart over time marks."""

    OPENED = "opened"
    REMINDED = "reminded"
    DEADLINE = "deadline"


@dataclass(frozen=True, slots=True)
class Milestone:
    """Event that a chart over time marks."""

    kind: MilestoneKind
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class TimePoint:
    """Bin of a chart with its number, and the total at its end."""

    bin: TimeBin
    number: int
    total: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """Signatures on the letter by the time at which their forms were sent, until now; the span may reach further."""

    span: TimeSpan
    points: tuple[TimePoint, ...]
    milestones: tuple[Milestone, ...]

    @property
    def total(self) -> int:
        """Return the number of signatures."""
        return self.points[-1].total if self.points else 0

    @property
    def highest(self) -> TimePoint | None:
        """Return the first bin with the highest number; None without any signature."""
        return max(self.points, key=lambda point: point.number) if self.total else None


@dataclass(frozen=True, slots=True)
class GroupCount:
    """Number of signatures of a group; `label` is "" for those that belong to none."""

    label: str
    number: int


@dataclass(frozen=True, slots=True)
class OutcomeTotals:
    """Numbers of a letter's invitations by outcome, how many were `opened` or answered by the form, and how many may be
    reminded now; as counted at a moment."""

    by_outcome: Mapping[InvitationOutcome, int]
    opened: int
    due_reminders: int
    counted_at: dt.datetime

    @property
    def invited(self) -> int:
        """Return the number of invitations."""
        return sum(self.by_outcome.values())

    @property
    def started(self) -> int:
        """Return the number of invitations whose form was submitted."""
        return sum(self.by_outcome.get(outcome, 0) for outcome in STARTED)

    @property
    def signed(self) -> int:
        """Return the number of invitations whose organization is on the letter."""
        return self.by_outcome.get(InvitationOutcome.SIGNED, 0)

    @property
    def bounced(self) -> int:
        """Return the number of invitations that could not be delivered."""
        return self.by_outcome.get(InvitationOutcome.BOUNCED, 0)


def build_timeline(span: TimeSpan, numbers: Iterable[int], milestones: Iterable[Milestone], now: dt.datetime) -> Timeline:
    """Return the timeline of a number for each bin, without bins that have not begun, and without milestones outside of it."""
    counted = tuple(numbers)
    totals = accumulate(counted)
    points = tuple(TimePoint(*point) for point in zip(span.bins, counted, totals, strict=True) if point[0].start <= now)
    inside = sorted((one for one in milestones if span.start <= one.at <= span.end), key=lambda one: one.at)
    return Timeline(span, points, tuple(inside))


def largest_groups(groups: Iterable[GroupCount]) -> tuple[tuple[GroupCount, ...], int]:
    """Return the largest groups, those with equal numbers by name and the one without a name last, and the number of
    signatures of all others."""
    ordered = sorted(groups, key=lambda group: (not group.label, -group.number, group.label))
    named = [group for group in ordered if group.label]
    shown = ordered if len(named) <= MAX_GROUPS else [*named[: MAX_GROUPS - 1], *(one for one in ordered if not one.label)]
    return tuple(shown), sum(group.number for group in ordered) - sum(group.number for group in shown)


def share(number: int, whole: int) -> float:
    """Return a number in percent of a whole, 0 of nothing."""
    return 100 * number / whole if whole else 0.0
