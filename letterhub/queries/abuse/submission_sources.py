"""Sources of submitted forms, by hour, mail domain and network, and the names that match a pattern."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from letterhub.domain.abuse.bulk_decline import HOUR, LOOKED_BACK, Pattern, Seen
from letterhub.domain.audit.references import Reference
from letterhub.domain.letters.document import Signatory
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Signature, Staff, Sweep, Trace

SHOWN = 15
SAMPLE = 50
PENDING, CONFIRMED, PUBLISHED = SignatureState.PENDING, SignatureState.CONFIRMED, SignatureState.PUBLISHED


@dataclass(frozen=True, slots=True)
class Stream:
    """Counts of the forms of one hour, domain or network: all, and by their current state."""

    pattern: Pattern
    begun: int
    pending: int
    confirmed: int
    published: int
    declined: int


@dataclass(frozen=True, slots=True)
class Streams:
    """Sources of a letter's forms: hours newest first, domains and networks largest first."""

    hours: tuple[Stream, ...]
    domains: tuple[Stream, ...]
    networks: tuple[Stream, ...]


@dataclass(frozen=True, slots=True)
class Fitting:
    """Names that match a pattern now. `newest` is the id of the newest one, 0 if there is none; `sample` shows some."""

    stream: Stream
    newest: int
    sample: tuple[tuple[Signatory, SignatureState, str], ...]


@dataclass(frozen=True, slots=True)
class PastSweep:
    """Bulk decline as staff see it."""

    id: int
    pattern: Pattern
    count: int
    reason: str
    by: str
    at: dt.datetime
    restored_at: dt.datetime | None


def streams_of(letter_id: int, at: dt.datetime) -> Streams:
    """Return the sources of a letter's forms: hours of the last day, domains and networks of all time."""
    this_hour = at.replace(minute=0, second=0, microsecond=0)
    hours = [Pattern(hour=this_hour - back * HOUR) for back in range(LOOKED_BACK)]
    return Streams(
        hours=tuple(one for one in (_stream(letter_id, hour) for hour in hours) if one.begun),
        domains=_grouped(letter_id, Trace.mail_domain, "domain"),
        networks=_grouped(letter_id, Trace.network_key, "network"),
    )


def fitting(letter_id: int, pattern: Pattern) -> Fitting:
    """Return the names that match a pattern now."""
    found = select(Signature).join(Trace, Trace.signature_id == Signature.id).where(*fits(letter_id, pattern))
    newest = db.session.scalar(found.with_only_columns(func.max(Signature.id))) or 0
    rows = db.session.scalars(found.order_by(Signature.id.desc()).limit(SAMPLE))
    return Fitting(_stream(letter_id, pattern), newest, tuple((row.signatory, row.state, row.email) for row in rows))


def swept_by(letter_id: int, pattern: Pattern, seen: Seen) -> Select[Signature]:
    """Return a select of the names that a bulk decline covers: those that match, up to the newest one shown."""
    found = select(Signature).join(Trace, Trace.signature_id == Signature.id)
    return found.where(*fits(letter_id, pattern), Signature.id <= seen.newest, Signature.state.in_(seen.states))


def fits(letter_id: int, pattern: Pattern) -> Sequence[ColumnElement[bool]]:
    """Return the conditions for a submission origin to match a pattern."""
    conditions = [Trace.letter_id == letter_id]
    if pattern.network:
        conditions.append(Trace.network_key == pattern.network)
    if pattern.domain:
        conditions.append(Trace.mail_domain == pattern.domain)
    if pattern.hour:
        conditions += [Trace.begun_at >= pattern.hour, Trace.begun_at < pattern.hour + HOUR]
    return conditions


def past_sweeps(letter_id: int) -> tuple[PastSweep, ...]:
    """Return the bulk declines of a letter, newest first."""
    rows = db.session.scalars(select(Sweep).where(Sweep.letter_id == letter_id).order_by(Sweep.id.desc())).all()
    numbers = Reference.STAFF.numbers_in(row.actor for row in rows)
    names = {Reference.STAFF.to(one.id): one.name for one in db.session.scalars(select(Staff).where(Staff.id.in_(numbers)))}
    return tuple(
        PastSweep(
            row.id, Pattern(row.network_key, row.mail_domain, row.since), row.count, row.reason,
            names.get(row.actor, row.actor), row.at, row.restored_at,
        )
        for row in rows
    )  # fmt: skip


def _counts() -> list[ColumnElement[int]]:
    states = (PENDING, CONFIRMED, PUBLISHED, SignatureState.DECLINED)
    return [func.count(), *(func.count().filter(Signature.state == state) for state in states)]


def _joined(*columns: ColumnElement[Any]) -> Select[Any]:
    return select(*columns).select_from(Trace).join(Signature, Signature.id == Trace.signature_id)


def _stream(letter_id: int, pattern: Pattern) -> Stream:
    row = db.session.execute(_joined(*_counts()).where(*fits(letter_id, pattern))).one()
    return Stream(pattern, *row)


def _grouped(letter_id: int, column: Any, name: str) -> tuple[Stream, ...]:
    rows = db.session.execute(
        _joined(column, *_counts())
        .where(Trace.letter_id == letter_id, column != "")
        .group_by(column)
        .order_by(func.count().desc(), column)
        .limit(SHOWN)
    )
    return tuple(Stream(Pattern(**{name: key}), *counts) for key, *counts in rows)
