"""Counts of a letter's published names, cached in each process: of names that were added since, these alone are counted.

See docs/design/progress.md.
"""

import datetime as dt
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

from cachetools import LRUCache
from sqlalchemy import Integer, and_, column, func, select, values

from letterhub.domain.letters.letter_document import SignatoryKind
from letterhub.domain.progress.time_bins import TimeSpan
from letterhub.domain.progress.us_states import state_of
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import current_settings
from letterhub.models import Letter, Signature, SubmissionOrigin, is_listed

CACHED_LETTERS = 1_024
MAX_ADDED = 2_000
"""Number of names that are added to what is cached; of more, all are counted again."""


@dataclass(frozen=True, slots=True)
class ListCounts:
    """Numbers of a letter's published names in the bins of a span, by section, where individuals without one are their own, by
    the state of their location, and by the word of the link that they came by, those without one left out.

    `version` and `edits` are those of the list, `total` its length, and `until` when the last name was published.
    """

    version: tuple[int, ...]
    edits: int
    total: int
    until: dt.datetime | None
    bins: tuple[int, ...]
    sections: Counter[str]
    states: Counter[str]
    words: Counter[str]


_counts: LRUCache[tuple[object, ...], ListCounts] = LRUCache(CACHED_LETTERS)
_lock = Lock()


def count_list(letter: Letter, span: TimeSpan) -> ListCounts:
    """Return the counts of a letter, in the bins of a span."""
    key = (*site_key(), letter.id, span.start, span.end, span.width)
    with _lock:
        cached = _counts.get(key)
    if cached and cached.version == _version(letter):
        return cached
    counted = (_add_new_names(cached, letter, span) if cached else None) or _count_all(letter, span)
    if counted.total == sum(counted.bins) == letter.published_count:  # else a name came in between two of the statements
        with _lock:
            _counts[key] = counted
    return counted


def site_key() -> tuple[object, ...]:
    """Return what tells this site from others in one process, as in tests."""
    settings = current_settings()
    return settings.database_url, settings.data_dir


def _version(letter: Letter) -> tuple[int, ...]:
    """Return what differs whenever the list does. A site that was restored from a backup may reach a version of its list again,
    but hardly with the same counters."""
    return (
        letter.list_version, letter.published_count, letter.awaiting_review_count, letter.pending_count, letter.expired_count
    )  # fmt: skip


def _add_new_names(cached: ListCounts, letter: Letter, span: TimeSpan) -> ListCounts | None:
    """Return counts with the names that were published since; None if a listed name was changed or removed, or if the new
    names do not make up the difference, as where two were published at the same moment."""
    added = letter.published_count - cached.total
    if cached.until is None or cached.edits != letter.list_edits or not 0 <= added <= MAX_ADDED:
        return None
    query = (
        select(
            Signature.created_at, Signature.published_at, Signature.kind, Signature.section, Signature.location,
            func.coalesce(SubmissionOrigin.via, "").label("via"),
        )
        .outerjoin(SubmissionOrigin, SubmissionOrigin.signature_id == Signature.id)
        .where(Signature.letter_id == letter.id, is_listed(), Signature.published_at > cached.until)
        .order_by(Signature.published_at)
        .limit(added + 1)
    )  # fmt: skip
    new = db.session.execute(query).all()
    if len(new) != added:
        return None
    starts, bins = [one.start for one in span.bins], list(cached.bins)
    for row in new:
        bins[bisect_right(starts, row.created_at) - 1] += 1
    sections, states = _by_section_and_state((row.kind, row.section, row.location, 1) for row in new)
    return ListCounts(
        _version(letter), letter.list_edits, letter.published_count, new[-1].published_at if new else cached.until, tuple(bins),
        cached.sections + sections, cached.states + states, cached.words + Counter(row.via for row in new if row.via),
    )  # fmt: skip


def _count_all(letter: Letter, span: TimeSpan) -> ListCounts:
    of_letter = Signature.letter_id == letter.id, is_listed()
    until = db.session.scalar(select(func.max(Signature.published_at)).where(*of_letter))
    groups = Signature.kind, Signature.section, Signature.location  # an index has them in this order
    rows = db.session.execute(select(*groups, func.count()).where(*of_letter).group_by(*groups))
    sections, states = _by_section_and_state((*row,) for row in rows)
    bins, words = count_spans({letter.id: span})[letter.id], _count_by_word(letter.id)
    return ListCounts(_version(letter), letter.list_edits, sections.total(), until, bins, sections, states, words)


def _by_section_and_state(groups: Iterable[Sequence[Any]]) -> tuple[Counter[str], Counter[str]]:
    """Add up groups of kind, section, location and number."""
    sections, states = Counter[str](), Counter[str]()
    for kind, section, location, number in groups:
        sections[section or (str(kind) if kind is SignatoryKind.INDIVIDUAL else "")] += number
        states[state_of(location)] += number
    return sections, states


def _count_by_word(letter_id: int) -> Counter[str]:
    query = (
        select(SubmissionOrigin.via, func.count())
        .join(Signature, Signature.id == SubmissionOrigin.signature_id)
        .where(SubmissionOrigin.letter_id == letter_id, SubmissionOrigin.via != "", is_listed())
        .group_by(SubmissionOrigin.via)
    )
    return Counter({str(via): number for via, number in db.session.execute(query)})


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
