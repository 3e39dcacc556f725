"""Pages of the audit log, newest first, with the names of actors and subjects, and who last changed a signature."""

import datetime as dt
import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, String, cast, literal, select

from letterhub.domain.audit.log import OPERATOR, WORKER, ReferenceKind, first_inconsistency
from letterhub.infrastructure.db import db, streaming_connection
from letterhub.models import (
    ApiToken,
    AuditChain,
    AuditEntry,
    Contact,
    Inquiry,
    Membership,
    Organization,
    Signature,
    SignOff,
    Staff,
)
from letterhub.queries.accounts import staff_by_reference

PAGE_SIZE = 50


class ActorFilter(enum.StrEnum):
    """Filter of the audit log by actor; each value but the first is the prefix of such actors' references."""

    ANYONE = ""
    STAFF = ReferenceKind.STAFF.value
    SIGNATORIES = ReferenceKind.SIGNATORY.value
    PROGRAMS = ReferenceKind.TOKEN.value
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


def audit_log_page(chain: str, actor_filter: ActorFilter = ActorFilter.ANYONE, older_than: int | None = None) -> AuditLogPage:
    """Return a page of a chain's entries by some actors: those with numbers below `older_than`, or the last ones."""
    rows = db.session.scalars(_select_entries(chain, actor_filter, older_than).limit(PAGE_SIZE + 1)).all()
    names = _current_names(rows, chain)
    length = db.session.scalar(select(AuditChain.length).where(AuditChain.name == chain)) or 0
    next_cursor = rows[PAGE_SIZE - 1].number if len(rows) > PAGE_SIZE else None
    return AuditLogPage(tuple(_logged_action(row, names) for row in rows[:PAGE_SIZE]), length, next_cursor)


def actions_on(chain: str, subject: str) -> tuple[LoggedAction, ...]:
    """Return the entries about one subject of a chain, such as "signature-12", oldest first."""
    by_subject = select(AuditEntry.id).where(AuditEntry.subject == subject)  # not by the chain, which has all entries
    rows = db.session.scalars(_select_entries(chain, ActorFilter.ANYONE, None).where(AuditEntry.id.in_(by_subject))).all()
    names = _current_names(rows, chain)
    return tuple(_logged_action(row, names) for row in reversed(rows))


def first_chain_problem(chain: str) -> str:
    """Return the first problem of a chain, as a sentence; "" if it is intact or empty."""
    audit_chain = db.session.scalar(select(AuditChain).where(AuditChain.name == chain))
    if audit_chain is None:
        return ""
    entries = select(AuditEntry).where(AuditEntry.chain_id == audit_chain.id).order_by(AuditEntry.number)
    with streaming_connection(), db.session.scalars(entries.execution_options(yield_per=1000)) as rows:
        return first_inconsistency(rows, audit_chain.length, audit_chain.head)


def _select_entries(chain: str, actor_filter: ActorFilter, older_than: int | None) -> Select[AuditEntry]:
    """Return a select of a chain's entries by these actors, newest first; those with numbers below `older_than`, if given."""
    query = select(AuditEntry).join(AuditChain, AuditChain.id == AuditEntry.chain_id).where(AuditChain.name == chain)
    if actor_filter:
        query = query.where(AuditEntry.actor.startswith(actor_filter))
    if older_than is not None:
        query = query.where(AuditEntry.number < older_than)
    return query.order_by(AuditEntry.number.desc())


def _logged_action(row: AuditEntry, names: Mapping[str, str]) -> LoggedAction:
    """Return an entry with the `names` of its actor and subject; references without a name stay as they are."""
    kind = row.actor.partition("-")[0]
    actor_kind = ActorFilter(kind) if kind in tuple(ActorFilter) else ActorFilter.ANYONE
    subject_name = names.get(row.subject, row.subject)
    return LoggedAction(
        row.number, row.at, actor_kind, names.get(row.actor, row.actor), row.action, subject_name, row.before, row.after
    )


def _current_names(rows: Iterable[AuditEntry], chain: str) -> dict[str, str]:
    """Return the current names of references such as "staff-3" and "signature-12". A signatory has its signature's name."""
    references = {reference for row in rows for reference in (row.actor, row.subject)}
    names = _names_of_staff(references, chain)
    signature_ids = ReferenceKind.SIGNATORY.ids_in(references) | ReferenceKind.SIGNATURE.ids_in(references)
    signatures = db.session.scalars(select(Signature).where(Signature.id.in_(signature_ids))) if signature_ids else ()
    for signature in signatures:
        name = signature.signatory.name or "—"
        names |= {ReferenceKind.SIGNATORY.reference(signature.id): name, ReferenceKind.SIGNATURE.reference(signature.id): name}
    query = select(Inquiry.id, Inquiry.address).where(Inquiry.id.in_(ReferenceKind.INQUIRY.ids_in(references)))
    names |= {ReferenceKind.INQUIRY.reference(row.id): row.address for row in db.session.execute(query)}
    if sign_off_ids := ReferenceKind.SIGN_OFF.ids_in(references):
        leads = db.session.execute(select(SignOff.id, SignOff.organization).where(SignOff.id.in_(sign_off_ids)))
        names |= {ReferenceKind.SIGN_OFF.reference(row.id): row.organization for row in leads}
    if token_ids := ReferenceKind.TOKEN.ids_in(references):
        tokens = db.session.execute(select(ApiToken.id, ApiToken.name).where(ApiToken.id.in_(token_ids)))
        names |= {ReferenceKind.TOKEN.reference(row.id): f"“{row.name}”" for row in tokens}
    if contact_ids := ReferenceKind.CONTACT.ids_in(references):
        contacts = db.session.execute(select(Contact.id, Contact.name).where(Contact.id.in_(contact_ids)))
        names |= {ReferenceKind.CONTACT.reference(row.id): row.name for row in contacts}
    organization_ids = ReferenceKind.ORGANIZATION.ids_in(references)
    organizations = (
        db.session.scalars(select(Organization).where(Organization.id.in_(organization_ids))) if organization_ids else ()
    )
    return names | {ReferenceKind.ORGANIZATION.reference(organization.id): organization.name for organization in organizations}


def _names_of_staff(references: Iterable[str], chain: str) -> dict[str, str]:
    """Return the names of the staff among these references, by reference.

    Who neither acted in this chain nor joined its coalition is only invited, and shown by their address, as on the team's page.
    """
    staff = staff_by_reference(references)
    if not staff:
        return {}
    actors = select(AuditEntry.actor).join(AuditChain, AuditChain.id == AuditEntry.chain_id).distinct()
    has_reference = AuditEntry.actor.in_(staff)
    member_references = set(db.session.scalars(actors.where(AuditChain.name == chain, has_reference)))
    if (coalition_id := ReferenceKind.COALITION.id_in(chain)) is not None:  # subjects of a letter's chain are no staff
        joined = select(Membership.staff_id).where(Membership.coalition_id == coalition_id, Membership.joined_at.is_not(None))
        joined_ids = db.session.scalars(joined.where(Membership.staff_id.in_([member.id for member in staff.values()])))
        member_references |= set(map(ReferenceKind.STAFF.reference, joined_ids))
    return {
        reference: (member.name if reference in member_references else "") or member.email
        for reference, member in staff.items()
    }


def last_editors(letter_id: int, signature_ids: Iterable[int]) -> dict[int, str]:
    """Return the member of staff who last changed each of these names; untouched ones are left out."""
    subjects = list(map(ReferenceKind.SIGNATURE.reference, signature_ids))
    if not subjects:
        return {}
    staff_reference = literal(ReferenceKind.STAFF.prefix) + cast(Staff.id, String)  # concat() is missing in older SQLite
    rows = db.session.execute(
        select(AuditEntry.subject, Staff.name)
        .join(AuditChain, AuditChain.id == AuditEntry.chain_id)
        .join(Staff, AuditEntry.actor == staff_reference)
        .where(AuditChain.name == ReferenceKind.LETTER.reference(letter_id), AuditEntry.subject.in_(subjects))
        .order_by(AuditEntry.number)
    )
    return {number: name for subject, name in rows if (number := ReferenceKind.SIGNATURE.id_in(subject))}
