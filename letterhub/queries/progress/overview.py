"""Overview of a letter: its figures and what waits, for staff; and the sparklines of the dashboard."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import starmap
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from letterhub.domain.changes.replies import ReplyState
from letterhub.domain.letters.next_step import LetterProgress
from letterhub.domain.letters.opening_rules import Requirement
from letterhub.domain.letters.serialization import text_from_facts
from letterhub.domain.progress.figures import GroupCount, OutcomeTotals, Timeline, build_timeline
from letterhub.domain.progress.time_bins import DAY, BinWidth, time_span
from letterhub.domain.progress.waiting import WaitingFacts, WaitingItem, waiting_items
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db
from letterhub.models import Draft, Letter, Signature, is_outside_floods, is_queued
from letterhub.queries.changes.changes import reply_counts, running_change
from letterhub.queries.letters.letter_header import LetterHeader
from letterhub.queries.letters.missing_to_open import missing_to_open
from letterhub.queries.mail.outbox import count_unresolved_failures
from letterhub.queries.progress.figures import (
    Sources,
    letter_milestones,
    letter_span,
    name_sources,
    outcome_totals,
)
from letterhub.queries.progress.list_counts import count_list, count_spans

SPARKLINE_DAYS = 14


@dataclass(frozen=True, slots=True)
class LetterFigures:
    """Figures of a letter as counted at a moment; `zone` is that of its timeline."""

    timeline: Timeline
    sections: tuple[GroupCount, ...]
    states: tuple[GroupCount, ...]
    sources: Sources
    outcomes: OutcomeTotals
    zone: str

    @property
    def total(self) -> int:
        """Return the number of published names."""
        return self.timeline.total


def letter_figures(letter_id: int, at: dt.datetime, width: BinWidth | None = None) -> LetterFigures:
    """Return the figures of a letter; its timeline has bins of the width that suits it unless given."""
    letter = db.session.get_one(Letter, letter_id)
    span = letter_span(letter, at, width)
    counts = count_list(letter, span)
    sections, states = (tuple(starmap(GroupCount, one.items())) for one in (counts.sections, counts.states))
    return LetterFigures(
        build_timeline(span, counts.bins, letter_milestones(letter), at), sections, states,
        name_sources(letter, counts.words), outcome_totals(letter_id, at), letter.deadline_zone,
    )  # fmt: skip


def waiting_under(header: LetterHeader, outcomes: OutcomeTotals, at: dt.datetime) -> tuple[WaitingItem, ...]:
    """Return what waits under a letter, the next thing to do first."""
    letter = db.session.get_one(Letter, header.letter_id)
    of_letter = Signature.letter_id == letter.id
    in_review = select(func.min(Signature.confirmed_at)).where(of_letter, is_queued())
    pending = select(func.count(), func.min(Signature.created_at)).where(of_letter, is_outside_floods())
    pending_count, oldest_pending = db.session.execute(pending).one()
    missing: tuple[Requirement, ...] = ()
    if header.state is LetterState.DRAFT:
        text = text_from_facts(db.session.get_one(Draft, letter.id).text)
        missing = missing_to_open(letter, text, at)
    progress = LetterProgress(
        header.state, header.deadline_at, header.awaiting_review_count, header.published_count, header.editions
    )
    change = running_change(letter.id)
    facts = WaitingFacts(
        progress, missing, header.opening_error, db.session.scalar(in_review), pending_count, oldest_pending,
        letter.outdated_count, reply_counts(change.revision_id)[ReplyState.WAITING] if change else 0,
        change.terms.deadline_at if change else None, outcomes.bounced, outcomes.due_reminders,
        outcomes.counted_at, count_unresolved_failures(letter.id),
    )  # fmt: skip
    return waiting_items(facts, at)


def recent_numbers(headers: Iterable[LetterHeader], at: dt.datetime) -> dict[int, tuple[int, ...]]:
    """Return the numbers of published names of the last days for each letter that has names, by its id; one statement."""
    spans = {}
    for header in headers:
        if header.published_count:
            today = at.astimezone(ZoneInfo(header.deadline_zone)).date()
            first = today - (SPARKLINE_DAYS - 1) * DAY
            spans[header.letter_id] = time_span(first, today, ZoneInfo(header.deadline_zone), BinWidth.DAY)
    return count_spans(spans)
