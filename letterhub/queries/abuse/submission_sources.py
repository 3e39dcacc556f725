"""Sources of submitted forms, by hour, mail domain and network, and the names that match a pattern."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from letterhub.domain.abuse.bulk_decline import HOUR, LOOKBACK_HOURS, ExpectedMatches, SubmissionPattern
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import BulkDecline, Signature, SubmissionOrigin
from letterhub.queries.accounts import staff_by_reference
from letterhub.queries.paging import count_rows

MAX_SHOWN = 15
COUNTED_FORMS = 2_000
"""Latest forms of a letter, among which domains and networks are counted."""
SAMPLE_SIZE = 50
PENDING, CONFIRMED, PUBLISHED = SignatureState.PENDING, SignatureState.CONFIRMED, SignatureState.PUBLISHED


@dataclass(frozen=True, slots=True)
class SubmissionSource:
    """Counts of the forms of one hour, domain or network: all, and by their current state."""

    pattern: SubmissionPattern
    submitted: int
    pending: int
    confirmed: int
    published: int
    declined: int


@dataclass(frozen=True, slots=True)
class SubmissionSources:
    """Sources of a letter's forms: hours newest first; domains and networks largest first, among the latest COUNTED_FORMS.

    `are_all` says that the letter has no more forms than these.
    """

    hours: tuple[SubmissionSource, ...]
    domains: tuple[SubmissionSource, ...]
    networks: tuple[SubmissionSource, ...]
    are_all: bool


@dataclass(frozen=True, slots=True)
class PatternMatches:
    """Names that match a pattern now. `newest` is the id of the newest one, 0 if there is none; `sample` has the signatory,
    state and address of some.
    """

    source: SubmissionSource
    newest: int
    sample: tuple[tuple[Signatory, SignatureState, str], ...]


@dataclass(frozen=True, slots=True)
class PastBulkDecline:
    """Bulk decline as staff see it."""

    id: int
    pattern: SubmissionPattern
    count: int
    reason: str
    declined_by: str
    declined_at: dt.datetime
    restored_at: dt.datetime | None


def submission_sources(letter_id: int, at: dt.datetime) -> SubmissionSources:
    """Return the sources of a letter's forms: hours of the last day, domains and networks of the latest forms."""
    this_hour = at.replace(minute=0, second=0, microsecond=0)
    hours = [SubmissionPattern(hour=this_hour - hours_ago * HOUR) for hours_ago in range(LOOKBACK_HOURS)]
    return SubmissionSources(
        hours=tuple(source for source in (_count_source(letter_id, hour) for hour in hours) if source.submitted),
        domains=_largest_sources(letter_id, SubmissionOrigin.mail_domain, "domain"),
        networks=_largest_sources(letter_id, SubmissionOrigin.network_hash, "network"),
        are_all=count_rows(_select_forms(letter_id), COUNTED_FORMS) <= COUNTED_FORMS,
    )


def pattern_matches(letter_id: int, pattern: SubmissionPattern) -> PatternMatches:
    """Return the names that match a pattern now: their counts by state, the newest id, and a sample of the newest ones."""
    query = (
        select(Signature)
        .join(SubmissionOrigin, SubmissionOrigin.signature_id == Signature.id)
        .where(*pattern_conditions(letter_id, pattern))
    )
    newest = db.session.scalar(query.with_only_columns(func.max(Signature.id))) or 0
    rows = db.session.scalars(query.order_by(Signature.id.desc()).limit(SAMPLE_SIZE))
    sample = tuple((row.signatory, row.state, row.email) for row in rows)
    return PatternMatches(_count_source(letter_id, pattern), newest, sample)


def signatures_to_decline(letter_id: int, pattern: SubmissionPattern, expected: ExpectedMatches) -> Select[Signature]:
    """Return a select of the names that a bulk decline covers: those that match the pattern, are no newer than what staff were
    shown, and are in one of the expected states.
    """
    query = select(Signature).join(SubmissionOrigin, SubmissionOrigin.signature_id == Signature.id)
    return query.where(
        *pattern_conditions(letter_id, pattern), Signature.id <= expected.newest, Signature.state.in_(expected.states)
    )


def pattern_conditions(letter_id: int, pattern: SubmissionPattern) -> Sequence[ColumnElement[bool]]:
    """Return the conditions for the origin of a letter's form to match a pattern; what the pattern leaves empty matches any."""
    conditions = [SubmissionOrigin.letter_id == letter_id]
    if pattern.network:
        conditions.append(SubmissionOrigin.network_hash == pattern.network)
    if pattern.domain:
        conditions.append(SubmissionOrigin.mail_domain == pattern.domain)
    if pattern.hour:
        conditions += [SubmissionOrigin.started_at >= pattern.hour, SubmissionOrigin.started_at < pattern.hour + HOUR]
    return conditions


def past_bulk_declines(letter_id: int) -> tuple[PastBulkDecline, ...]:
    """Return the bulk declines of a letter, newest first."""
    rows = db.session.scalars(
        select(BulkDecline).where(BulkDecline.letter_id == letter_id).order_by(BulkDecline.id.desc())
    ).all()
    staff = staff_by_reference(row.actor for row in rows)
    return tuple(
        PastBulkDecline(
            row.id, SubmissionPattern(row.network_hash, row.mail_domain, row.since), row.count, row.reason,
            staff[row.actor].name if row.actor in staff else row.actor, row.at, row.restored_at,
        )
        for row in rows
    )  # fmt: skip


def _count_columns() -> list[ColumnElement[int]]:
    """Return the columns of the counts in SubmissionSource, in its order."""
    states = (PENDING, CONFIRMED, PUBLISHED, SignatureState.DECLINED)
    return [func.count(), *(func.count().filter(Signature.state == state) for state in states)]


def _select_origins(*columns: ColumnElement[Any]) -> Select[Any]:
    return select(*columns).select_from(SubmissionOrigin).join(Signature, Signature.id == SubmissionOrigin.signature_id)


def _select_forms(letter_id: int) -> Select[int]:
    return select(SubmissionOrigin.signature_id).where(SubmissionOrigin.letter_id == letter_id)


def _count_source(letter_id: int, pattern: SubmissionPattern) -> SubmissionSource:
    row = db.session.execute(_select_origins(*_count_columns()).where(*pattern_conditions(letter_id, pattern))).one()
    return SubmissionSource(pattern, *row)


def _largest_sources(letter_id: int, column: Any, name: str) -> tuple[SubmissionSource, ...]:
    """Return the domains or networks that most of the latest forms came from; `column` stores them, `name` is their field of
    the pattern."""
    latest = _select_forms(letter_id).order_by(SubmissionOrigin.started_at.desc()).limit(COUNTED_FORMS)
    rows = db.session.execute(
        _select_origins(column, *_count_columns())
        .where(SubmissionOrigin.signature_id.in_(latest), column != "")
        .group_by(column)
        .order_by(func.count().desc(), column)
        .limit(MAX_SHOWN)
    )
    return tuple(SubmissionSource(SubmissionPattern(**{name: key}), *counts) for key, *counts in rows)
