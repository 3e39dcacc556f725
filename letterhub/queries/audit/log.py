"""Pages of the audit log, newest first, with the names of actors and subjects."""

import datetime as dt
import enum
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from letterhub.domain.audit.log import first_break
from letterhub.domain.audit.references import OPERATOR, WORKER, Reference
from letterhub.infrastructure.db import db, reading_along
from letterhub.models import Chain, Inquiry, Membership, Organization, RecordEntry, Signature, Staff

PAGE = 50


class Whose(enum.StrEnum):
    """Filter of the audit log by actor; each value but the first is the prefix of such actors' references."""

    ANYONE = ""
    STAFF = Reference.STAFF.value
    SIGNATORIES = Reference.SIGNATORY.value
    LETTERHUB = WORKER
    OPERATORS = OPERATOR


@dataclass(frozen=True, slots=True)
class Act:
    """Entry of the audit log: `who` did it to `what`, by their current names, "" if there is none."""

    number: int
    at: dt.datetime
    by: Whose
    who: str
    action: str
    what: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RecordPage:
    """Page of a chain, newest first; `older_than` is the cursor of the next page, None on the last one."""

    acts: tuple[Act, ...]
    length: int
    older_than: int | None


def record_page(chain: str, whose: Whose = Whose.ANYONE, older_than: int | None = None) -> RecordPage:
    """Return the entries of a chain below the number `older_than`, or the last ones."""
    rows = db.session.scalars(_entries(chain, whose, older_than).limit(PAGE + 1)).all()
    names = _names(rows, chain)
    length = db.session.scalar(select(Chain.length).where(Chain.name == chain)) or 0
    more = rows[PAGE - 1].number if len(rows) > PAGE else None
    return RecordPage(tuple(_act(row, names) for row in rows[:PAGE]), length, more)


def acts_upon(chain: str, subject: str) -> tuple[Act, ...]:
    """Return the entries about one subject of a chain, such as "signature-12", oldest first."""
    rows = db.session.scalars(_entries(chain, Whose.ANYONE, None).where(RecordEntry.subject == subject)).all()
    names = _names(rows, chain)
    return tuple(_act(row, names) for row in reversed(rows))


def broken_at(chain: str) -> str:
    """Return the first problem of a chain, as a sentence; "" if it is intact or empty."""
    link = db.session.scalar(select(Chain).where(Chain.name == chain))
    if link is None:
        return ""
    entries = select(RecordEntry).where(RecordEntry.chain_id == link.id).order_by(RecordEntry.number)
    with reading_along(), db.session.scalars(entries.execution_options(yield_per=1000)) as found:
        return first_break(found, link.length, link.head)


def _entries(chain: str, whose: Whose, older_than: int | None) -> Select[RecordEntry]:
    found = select(RecordEntry).join(Chain, Chain.id == RecordEntry.chain_id).where(Chain.name == chain)
    if whose:
        found = found.where(RecordEntry.actor.startswith(whose))
    if older_than is not None:
        found = found.where(RecordEntry.number < older_than)
    return found.order_by(RecordEntry.number.desc())


def _act(row: RecordEntry, names: Mapping[str, str]) -> Act:
    kind = row.actor.partition("-")[0]
    by = Whose(kind) if kind in tuple(Whose) else Whose.ANYONE
    what = names.get(row.subject, row.subject)
    return Act(row.number, row.at, by, names.get(row.actor, row.actor), row.action, what, row.before, row.after)


def _names(rows: Iterable[RecordEntry], chain: str) -> dict[str, str]:
    """Return the current names of references such as "staff-3" and "signature-12". A signatory has its signature's name."""
    references = {reference for row in rows for reference in (row.actor, row.subject)}
    names = _names_of_staff(Reference.STAFF.numbers_in(references), chain)
    signed = Reference.SIGNATORY.numbers_in(references) | Reference.SIGNATURE.numbers_in(references)
    signatures = db.session.scalars(select(Signature).where(Signature.id.in_(signed))) if signed else ()
    for signature in signatures:
        name = signature.signatory.name or "—"
        names |= {Reference.SIGNATORY.to(signature.id): name, Reference.SIGNATURE.to(signature.id): name}
    asked = select(Inquiry.id, Inquiry.address).where(Inquiry.id.in_(Reference.INQUIRY.numbers_in(references)))
    names |= {Reference.INQUIRY.to(row.id): row.address for row in db.session.execute(asked)}
    known = Reference.ORGANIZATION.numbers_in(references)
    organizations = db.session.scalars(select(Organization).where(Organization.id.in_(known))) if known else ()
    return names | {Reference.ORGANIZATION.to(one.id): one.name for one in organizations}


def _names_of_staff(staff: Collection[int], chain: str) -> dict[str, str]:
    """Return the names of staff; their address while they are only invited, as on the team's page."""
    if not staff:
        return {}
    acted = select(RecordEntry.actor).join(Chain, Chain.id == RecordEntry.chain_id)
    acted = acted.where(Chain.name == chain, RecordEntry.actor.in_(map(Reference.STAFF.to, staff))).distinct()
    known = {*db.session.scalars(acted), *map(Reference.STAFF.to, _joined(staff, chain))}
    people = db.session.execute(select(Staff.id, Staff.name, Staff.email).where(Staff.id.in_(staff)))
    called = ((Reference.STAFF.to(row.id), row) for row in people)
    return {reference: (row.name if reference in known else "") or row.email for reference, row in called}


def _joined(staff: Collection[int], chain: str) -> Iterable[int]:
    """Return those who have joined the chain's coalition; empty for a letter's chain, whose subjects are no staff."""
    coalition = Reference.COALITION.number_in(chain)
    if coalition is None:
        return ()
    here = select(Membership.staff_id).where(Membership.coalition_id == coalition, Membership.staff_id.in_(staff))
    return db.session.scalars(here.where(Membership.joined_at.is_not(None)))
