"""Pages of the audit log, newest first, with the names of actors and subjects."""

import datetime as dt
import enum
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from letterhub.domain.audit.hash_chain import first_inconsistency
from letterhub.domain.audit.references import OPERATOR, WORKER, ReferenceKind
from letterhub.infrastructure.db import db, streaming_connection
from letterhub.models import AuditChain, AuditEntry, Inquiry, Membership, Organization, Signature, Staff

PAGE_SIZE = 50


class ActorFilter(enum.StrEnum):
    """Filter of the audit log by actor; each value but the first is the prefix of such actors' references."""

    ANYONE = ""
    STAFF = ReferenceKind.STAFF.value
    SIGNATORIES = ReferenceKind.SIGNATORY.value
    LETTERHUB = WORKER
    OPERATORS = OPERATOR


@dataclass(frozen=True, slots=True)
class LoggedAction:
    """Entry of the audit log: `actor_name` did it to `subject_name`, by their current names, "" if there is none."""

    number: int
    at: dt.datetime
    actor_kind: ActorFilter
    actor_name: str
    action: str
    subject_name: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AuditLogPage:
    """Page of a chain, newest first; `older_than` is the cursor of the next page, None on the last one."""

    actions: tuple[LoggedAction, ...]
    length: int
    older_than: int | None


def audit_log_page(chain: str, whose: ActorFilter = ActorFilter.ANYONE, older_than: int | None = None) -> AuditLogPage:
    """Return the entries of a chain below the number `older_than`, or the last ones."""
    rows = db.session.scalars(_entries(chain, whose, older_than).limit(PAGE_SIZE + 1)).all()
    names = _current_names(rows, chain)
    length = db.session.scalar(select(AuditChain.length).where(AuditChain.name == chain)) or 0
    more = rows[PAGE_SIZE - 1].number if len(rows) > PAGE_SIZE else None
    return AuditLogPage(tuple(_logged_action(row, names) for row in rows[:PAGE_SIZE]), length, more)


def actions_on(chain: str, subject: str) -> tuple[LoggedAction, ...]:
    """Return the entries about one subject of a chain, such as "signature-12", oldest first."""
    rows = db.session.scalars(_entries(chain, ActorFilter.ANYONE, None).where(AuditEntry.subject == subject)).all()
    names = _current_names(rows, chain)
    return tuple(_logged_action(row, names) for row in reversed(rows))


def first_chain_problem(chain: str) -> str:
    """Return the first problem of a chain, as a sentence; "" if it is intact or empty."""
    link = db.session.scalar(select(AuditChain).where(AuditChain.name == chain))
    if link is None:
        return ""
    entries = select(AuditEntry).where(AuditEntry.chain_id == link.id).order_by(AuditEntry.number)
    with streaming_connection(), db.session.scalars(entries.execution_options(yield_per=1000)) as found:
        return first_inconsistency(found, link.length, link.head)


def _entries(chain: str, whose: ActorFilter, older_than: int | None) -> Select[AuditEntry]:
    found = select(AuditEntry).join(AuditChain, AuditChain.id == AuditEntry.chain_id).where(AuditChain.name == chain)
    if whose:
        found = found.where(AuditEntry.actor.startswith(whose))
    if older_than is not None:
        found = found.where(AuditEntry.number < older_than)
    return found.order_by(AuditEntry.number.desc())


def _logged_action(row: AuditEntry, names: Mapping[str, str]) -> LoggedAction:
    kind = row.actor.partition("-")[0]
    by = ActorFilter(kind) if kind in tuple(ActorFilter) else ActorFilter.ANYONE
    what = names.get(row.subject, row.subject)
    return LoggedAction(row.number, row.at, by, names.get(row.actor, row.actor), row.action, what, row.before, row.after)


def _current_names(rows: Iterable[AuditEntry], chain: str) -> dict[str, str]:
    """Return the current names of references such as "staff-3" and "signature-12". A signatory has its signature's name."""
    references = {reference for row in rows for reference in (row.actor, row.subject)}
    names = _names_of_staff(ReferenceKind.STAFF.ids_in(references), chain)
    signed = ReferenceKind.SIGNATORY.ids_in(references) | ReferenceKind.SIGNATURE.ids_in(references)
    signatures = db.session.scalars(select(Signature).where(Signature.id.in_(signed))) if signed else ()
    for signature in signatures:
        name = signature.signatory.name or "—"
        names |= {ReferenceKind.SIGNATORY.reference(signature.id): name, ReferenceKind.SIGNATURE.reference(signature.id): name}
    asked = select(Inquiry.id, Inquiry.address).where(Inquiry.id.in_(ReferenceKind.INQUIRY.ids_in(references)))
    names |= {ReferenceKind.INQUIRY.reference(row.id): row.address for row in db.session.execute(asked)}
    known = ReferenceKind.ORGANIZATION.ids_in(references)
    organizations = db.session.scalars(select(Organization).where(Organization.id.in_(known))) if known else ()
    return names | {ReferenceKind.ORGANIZATION.reference(one.id): one.name for one in organizations}


def _names_of_staff(staff: Collection[int], chain: str) -> dict[str, str]:
    """Return the names of staff; their address while they are only invited, as on the team's page."""
    if not staff:
        return {}
    acted = select(AuditEntry.actor).join(AuditChain, AuditChain.id == AuditEntry.chain_id)
    acted = acted.where(AuditChain.name == chain, AuditEntry.actor.in_(map(ReferenceKind.STAFF.reference, staff))).distinct()
    known = {*db.session.scalars(acted), *map(ReferenceKind.STAFF.reference, _joined_staff(staff, chain))}
    people = db.session.execute(select(Staff.id, Staff.name, Staff.email).where(Staff.id.in_(staff)))
    called = ((ReferenceKind.STAFF.reference(row.id), row) for row in people)
    return {reference: (row.name if reference in known else "") or row.email for reference, row in called}


def _joined_staff(staff: Collection[int], chain: str) -> Iterable[int]:
    """Return those who have joined the chain's coalition; empty for a letter's chain, whose subjects are no staff."""
    coalition = ReferenceKind.COALITION.id_in(chain)
    if coalition is None:
        return ()
    here = select(Membership.staff_id).where(Membership.coalition_id == coalition, Membership.staff_id.in_(staff))
    return db.session.scalars(here.where(Membership.joined_at.is_not(None)))
