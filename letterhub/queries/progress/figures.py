"""Figures of a letter's progress. Published names are counted by SQL, once for each version of the letter's list.

See docs/design/progress.md.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TypeVar
from zoneinfo import ZoneInfo

from cachetools import LRUCache, TTLCache
from sqlalchemy import Integer, and_, column, func, select, values

from letterhub.clock import now
from letterhub.domain.letters.letter_document import SignatoryKind
from letterhub.domain.progress.figures import (
    GroupCount,
    Milestone,
    MilestoneKind,
    OutcomeTotals,
    Timeline,
    build_timeline,
)
from letterhub.domain.progress.time_bins import BinWidth, TimeSpan, chart_days, time_span
from letterhub.domain.progress.us_states import state_of
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import current_settings
from letterhub.models import Invitation, Letter, Partner, PlannedReminder, Signature, SubmissionOrigin, is_listed
from letterhub.queries.invitations.outcomes import count_outcomes

T = TypeVar("T")
CountKey = tuple[object, ...]

CACHED_COUNTS = 2_048
MANY_INVITATIONS = 500
SECONDS_CACHED = 60
"""Seconds for which the outcomes of more than MANY_INVITATIONS are kept: their page says when they were counted."""
_counts: LRUCache[CountKey, object] = LRUCache(CACHED_COUNTS)
_outcomes: TTLCache[CountKey, OutcomeTotals] = TTLCache(256, SECONDS_CACHED, timer=lambda: now().timestamp())
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Sources:
    """Numbers of published names by the partner whose link they came by, those by links with other words, and the others."""

    partners: tuple[GroupCount, ...]
    others: int
    direct: int


def letter_timeline(letter: Letter, at: dt.datetime, width: BinWidth | None = None) -> Timeline:
    """Return a letter's published names by the time at which their forms were sent, until a moment, in bins of its time zone:
    of the width that suits the chart unless given."""
    zone = ZoneInfo(letter.deadline_zone)
    first_at = min(filter(None, (letter.opened_at, first_signature_at(letter))), default=at)
    ended_at = None if letter.state in (LetterState.DRAFT, LetterState.OPEN) else _ended_at(letter)
    deadline_at = letter.deadline_at if letter.state is LetterState.OPEN else None
    days = chart_days(*(_day(moment, zone) for moment in (first_at, at, ended_at, deadline_at)))  # type: ignore[arg-type]
    span = time_span(*days, zone, width)
    return build_timeline(span, count_by_bins(letter, span), _milestones(letter), at)


def _day(at: dt.datetime | None, zone: ZoneInfo) -> dt.date | None:
    return None if at is None else at.astimezone(zone).date()


def _ended_at(letter: Letter) -> dt.datetime | None:
    """Return when a letter was last closed, delivered or withdrawn, or got its last name if that was later."""
    ends = (letter.closed_at, letter.delivered_at, letter.withdrawn_at, _extreme(letter, func.max))
    return max(filter(None, ends), default=None)


def first_signature_at(letter: Letter) -> dt.datetime | None:
    """Return when the form of a letter's first published name was sent; None without any name."""
    return _extreme(letter, func.min)


def _extreme(letter: Letter, which: Callable[..., object]) -> dt.datetime | None:
    query = select(which(Signature.created_at)).where(Signature.letter_id == letter.id, is_listed())  # type: ignore[call-overload]
    return db.session.scalar(query)  # type: ignore[no-any-return]


def count_by_bins(letter: Letter, span: TimeSpan) -> tuple[int, ...]:
    """Return the numbers of a letter's published names in the bins of a span."""
    key = span.start, span.end, span.width
    return _cached(letter, key, lambda: count_spans({letter.id: span})[letter.id])


def count_spans(spans: Mapping[int, TimeSpan]) -> dict[int, tuple[int, ...]]:
    """Return the numbers of published names in the bins of a span for each letter, by its id.

    Each bin is counted by the index of published names: a hundred thousand take some milliseconds.
    """
    moment = Signature.created_at.type
    bins = values(
        column("letter_id", Integer), column("number", Integer), column("first", moment), column("after", moment), name="bin"
    ).data(
        [
            (letter_id, number, one.start.astimezone(dt.UTC), one.end.astimezone(dt.UTC))
            for letter_id, span in spans.items()
            for number, one in enumerate(span.bins)
        ]
    )
    asked = bins.cte("bin")
    is_inside = and_(Signature.created_at >= asked.c.first, Signature.created_at < asked.c.after)
    number = select(func.count()).where(Signature.letter_id == asked.c.letter_id, is_listed(), is_inside).correlate(asked)
    counted: dict[int, tuple[int, ...]] = dict.fromkeys(spans, ())
    query = select(asked.c.letter_id, number.scalar_subquery()).order_by(asked.c.letter_id, asked.c.number)
    for letter_id, count in db.session.execute(query) if spans else ():
        counted[letter_id] += (count,)
    return counted


def count_by_section_and_state(letter: Letter) -> tuple[tuple[GroupCount, ...], tuple[GroupCount, ...]]:
    """Return the numbers of published names by section, where individuals without one are their own, and by the state of their
    location."""
    return _cached(letter, ("section", "state"), lambda: _count_by_section_and_state(letter.id))


def _count_by_section_and_state(letter_id: int) -> tuple[tuple[GroupCount, ...], tuple[GroupCount, ...]]:
    groups = Signature.kind, Signature.section, Signature.location  # an index has them in this order
    listed = Signature.letter_id == letter_id, is_listed()
    sections, states = Counter[str](), Counter[str]()
    for kind, section, location, number in db.session.execute(select(*groups, func.count()).where(*listed).group_by(*groups)):
        sections[section or (str(kind) if kind is SignatoryKind.INDIVIDUAL else "")] += number
        states[state_of(location)] += number
    by_section, by_state = (tuple(GroupCount(*one) for one in counts.items()) for counts in (sections, states))
    return by_section, by_state


def count_by_source(letter: Letter) -> Sources:
    """Return the numbers of published names by partner, all of them, in the order of their names."""
    partners = db.session.execute(
        select(Partner.name, Partner.source).where(Partner.letter_id == letter.id).order_by(Partner.name, Partner.id)
    ).all()
    by_word = _cached(letter, ("source",), lambda: _count_by_word(letter.id))
    own = tuple(GroupCount(row.name, by_word.get(row.source, 0)) for row in partners)
    others = sum(by_word.values()) - sum(one.number for one in own)
    return Sources(own, others, letter.published_count - sum(by_word.values()))


def _count_by_word(letter_id: int) -> dict[str, int]:
    query = (
        select(SubmissionOrigin.via, func.count())
        .join(Signature, Signature.id == SubmissionOrigin.signature_id)
        .where(SubmissionOrigin.letter_id == letter_id, SubmissionOrigin.via != "", is_listed())
        .group_by(SubmissionOrigin.via)
    )
    return {str(via): number for via, number in db.session.execute(query)}


def outcome_totals(letter_id: int, at: dt.datetime) -> OutcomeTotals:
    """Return the numbers of a letter's invitations by outcome; of many, those of up to a minute ago."""
    key = (*_site_key(), letter_id)
    with _lock:
        if cached := _outcomes.get(key):
            return cached
    totals = count_outcomes(letter_id, at)
    if totals.invited > MANY_INVITATIONS:
        with _lock:
            _outcomes[key] = totals
    return totals


def _milestones(letter: Letter) -> Sequence[Milestone]:
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


def _cached(letter: Letter, key: CountKey, count: Callable[[], T]) -> T:
    """Return a count of published names, kept until the letter's list has another version.

    A site that was restored from a backup may reach a version again, but hardly with the same counters.
    """
    counters = letter.published_count, letter.awaiting_review_count, letter.pending_count, letter.expired_count
    full_key = (*_site_key(), letter.id, letter.list_version, counters, *key)
    with _lock:
        if full_key in _counts:
            return _counts[full_key]  # type: ignore[return-value]
    counted = count()
    with _lock:
        _counts[full_key] = counted
    return counted


def _site_key() -> CountKey:
    """Return what tells this site from others in one process, as in tests."""
    settings = current_settings()
    return settings.database_url, settings.data_dir
