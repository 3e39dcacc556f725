"""Figures of a letter's progress: the span of its chart, sources of its names, outcomes of its invitations, and milestones.

See docs/design/progress.md.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from zoneinfo import ZoneInfo

from cachetools import TTLCache
from sqlalchemy import func, select

from letterhub.clock import now
from letterhub.domain.progress.figures import GroupCount, Milestone, MilestoneKind, OutcomeTotals
from letterhub.domain.progress.time_bins import BinWidth, TimeSpan, chart_days, time_span
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db
from letterhub.models import Invitation, Letter, Partner, PlannedReminder, Signature, is_listed
from letterhub.queries.invitations.outcomes import count_outcomes
from letterhub.queries.progress.list_counts import site_key

MANY_INVITATIONS = 500
SECONDS_CACHED = 60
"""Seconds for which the outcomes of more than MANY_INVITATIONS are kept: their page says when they were counted."""
_outcomes: TTLCache[tuple[object, ...], OutcomeTotals] = TTLCache(256, SECONDS_CACHED, timer=lambda: now().timestamp())
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Sources:
    """Numbers of published names by the partner whose link they came by, those by links with other words, and the others."""

    partners: tuple[GroupCount, ...]
    others: int
    direct: int


def letter_span(letter: Letter, at: dt.datetime, width: BinWidth | None = None) -> TimeSpan:
    """Return the span of a letter's chart until a moment, in its time zone: in bins of the width that suits it unless given."""
    zone = ZoneInfo(letter.deadline_zone)
    first_at = min(filter(None, (letter.opened_at, _extreme(letter, func.min))), default=at)
    ended_at = None if letter.state in (LetterState.DRAFT, LetterState.OPEN) else _ended_at(letter)
    deadline_at = letter.deadline_at if letter.state is LetterState.OPEN else None
    days = chart_days(*(_day(moment, zone) for moment in (first_at, at, ended_at, deadline_at)))  # type: ignore[arg-type]
    return time_span(*days, zone, width)


def _day(at: dt.datetime | None, zone: ZoneInfo) -> dt.date | None:
    return None if at is None else at.astimezone(zone).date()


def _ended_at(letter: Letter) -> dt.datetime | None:
    """Return when a letter was last closed, delivered or withdrawn, or got its last name if that was later."""
    ends = (letter.closed_at, letter.delivered_at, letter.withdrawn_at, _extreme(letter, func.max))
    return max(filter(None, ends), default=None)


def _extreme(letter: Letter, which: Callable[..., object]) -> dt.datetime | None:
    """Return when the form of a letter's first or last published name was sent; None without any name."""
    query = select(which(Signature.created_at)).where(Signature.letter_id == letter.id, is_listed())  # type: ignore[call-overload]
    return db.session.scalar(query)  # type: ignore[no-any-return]


def name_sources(letter: Letter, words: Mapping[str, int]) -> Sources:
    """Return the numbers of published names by partner, all of them, in the order of their names; given those by words of
    links."""
    partners = db.session.execute(
        select(Partner.name, Partner.source).where(Partner.letter_id == letter.id).order_by(Partner.name, Partner.id)
    ).all()
    own = tuple(GroupCount(row.name, words.get(row.source, 0)) for row in partners)
    others = sum(words.values()) - sum(one.number for one in own)
    return Sources(own, others, letter.published_count - sum(words.values()))


def outcome_totals(letter_id: int, at: dt.datetime) -> OutcomeTotals:
    """Return the numbers of a letter's invitations by outcome; of many, those of up to a minute ago."""
    key = (*site_key(), letter_id)
    with _lock:
        if cached := _outcomes.get(key):
            return cached
    totals = count_outcomes(letter_id, at)
    if totals.invited > MANY_INVITATIONS:
        with _lock:
            _outcomes[key] = totals
    return totals


def letter_milestones(letter: Letter) -> Sequence[Milestone]:
    """Return the opening, the reminders and the deadline of a letter. Of an invitation the last reminder counts."""
    reminded = select(Invitation.reminded_at).where(Invitation.letter_id == letter.id, Invitation.reminded_at.is_not(None))
    planned = select(PlannedReminder.finished_at).where(PlannedReminder.letter_id == letter.id, PlannedReminder.count > 0)
    reminders = sorted({*db.session.scalars(reminded.distinct()), *db.session.scalars(planned)})
    milestones = [Milestone(MilestoneKind.REMINDED, at) for at in reminders if at is not None]
    if letter.opened_at:
        milestones.append(Milestone(MilestoneKind.OPENED, letter.opened_at))
    if letter.deadline_at:
        milestones.append(Milestone(MilestoneKind.DEADLINE, letter.deadline_at))
    return milestones
