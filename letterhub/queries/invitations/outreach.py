"""Invitations of a letter as staff work on them: filtered, sorted, counted by outcome, and paged.

List and exports read the same select, and all counts come from `count_outcomes`, so they never differ.

See docs/design/invitations.md.
"""

import datetime as dt
import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, or_, select
from sqlalchemy.orm import aliased

from letterhub.domain.invitations.invitation import InvitationOutcome
from letterhub.domain.progress.figures import OutcomeTotals
from letterhub.infrastructure.db import db
from letterhub.models import Contact, ContactPerson, ContactTag, Invitation, Signature, Staff
from letterhub.queries.invitations.outcomes import count_outcomes, select_for_totals, select_outcomes, total_outcomes
from letterhub.queries.paging import clamp_page, contains_text

PAGE_SIZE, ROWS_AT_ONCE = 50, 500
NOBODY = 0
"""Owner of contacts that nobody owns, in filters."""


class OutreachSort(enum.StrEnum):
    """Order of a list of invitations or contacts."""

    NEWEST = "newest"
    NAME = "name"
    NEXT_STEP = "next-step"


@dataclass(frozen=True, slots=True)
class OutreachFilter:
    """Filter of invitations or contacts; `due_until` limits them to those whose next step is due by that day. None and "" for
    no limit, and the owner `NOBODY` for contacts without one."""

    words: str = ""
    outcome: InvitationOutcome | None = None
    owner_id: int | None = None
    tag: str = ""
    due_until: dt.date | None = None
    sort: OutreachSort = OutreachSort.NEWEST

    @property
    def is_empty(self) -> bool:
        """Return whether nothing is filtered."""
        return not (self.words or self.outcome or self.owner_id is not None or self.tag or self.due_until)


@dataclass(frozen=True, slots=True)
class OutreachRow:
    """Invitation with its contact, as staff see it. `signed_as` is the name on the letter if it differs, otherwise ""; 0 and ""
    where the contact was deleted."""

    id: int
    outcome: InvitationOutcome
    organization: str
    signed_as: str
    person: str
    email: str
    phone: str
    is_copied: bool
    invited_by: str
    invited_at: dt.datetime
    opened_at: dt.datetime | None
    reminders: int
    answer_reason: str
    contact_id: int
    version: int
    owner: str
    tags: tuple[str, ...]
    next_step: str
    next_step_on: dt.date | None


@dataclass(frozen=True, slots=True)
class FoundInvitations:
    """Page of the invitations that a filter finds: `totals` counts them without the limit to one outcome, `total` within it."""

    totals: OutcomeTotals
    total: int
    page: int
    ids: Sequence[int]
    has_next: bool


def find_invitations(letter_id: int, wanted: OutreachFilter, at: dt.datetime, page: int) -> FoundInvitations:
    """Return a page of the invitations to a letter that a filter finds, the last one if there are fewer."""
    if wanted.outcome:
        return _find_by_outcome(letter_id, wanted, wanted.outcome, at, page)
    totals = count_outcomes(letter_id, at, *contact_conditions(wanted))
    page = clamp_page(page, totals.invited, PAGE_SIZE)
    query = _in_order(select(Invitation.id).where(Invitation.letter_id == letter_id), wanted)
    ids = db.session.scalars(query.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)).all()
    return FoundInvitations(totals, totals.invited, page, ids, totals.invited > page * PAGE_SIZE)


def found_invitation_ids(letter_id: int, wanted: OutreachFilter, at: dt.datetime) -> Sequence[int]:
    """Return the ids of all invitations to a letter that a filter finds, in order."""
    if wanted.outcome:
        rows = db.session.execute(_in_order(select_for_totals(letter_id, at), wanted))
        return [row.id for row in rows if row.outcome == wanted.outcome]
    return db.session.scalars(_in_order(select(Invitation.id).where(Invitation.letter_id == letter_id), wanted)).all()


def _find_by_outcome(
    letter_id: int, wanted: OutreachFilter, outcome: InvitationOutcome, at: dt.datetime, page: int
) -> FoundInvitations:
    """Return a page of the invitations with an outcome: those with others are counted from the same rows."""
    rows = db.session.execute(_in_order(select_for_totals(letter_id, at), wanted)).all()
    totals = total_outcomes(((row.outcome, row.opened, row.may_be_reminded, 1) for row in rows), at)
    ids = [row.id for row in rows if row.outcome == outcome]
    page = clamp_page(page, len(ids), PAGE_SIZE)
    end = page * PAGE_SIZE
    return FoundInvitations(totals, len(ids), page, ids[end - PAGE_SIZE : end], len(ids) > end)


def _in_order(query: Select[Any], wanted: OutreachFilter) -> Select[Any]:
    """Limit a select of invitations to those whose contacts a filter finds, in its order; outcomes are not looked at."""
    if conditions := contact_conditions(wanted):
        query = query.join(Contact, Contact.id == Invitation.contact_id).where(*conditions)
    elif wanted.sort is not OutreachSort.NEWEST:
        query = query.outerjoin(Contact, Contact.id == Invitation.contact_id)
    return query.order_by(*_order(wanted.sort), Invitation.id.desc())


def contact_conditions(wanted: OutreachFilter) -> list[ColumnElement[bool]]:
    """Return the conditions that a contact is one that a filter finds."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.words:
        people = select(ContactPerson.contact_id).where(
            or_(contains_text(ContactPerson.name, wanted.words), ContactPerson.email.icontains(wanted.words, autoescape=True))
        )
        conditions.append(or_(contains_text(Contact.name, wanted.words), Contact.id.in_(people)))
    if wanted.owner_id is not None:
        conditions.append(Contact.owner_id == wanted.owner_id if wanted.owner_id != NOBODY else Contact.owner_id.is_(None))
    if wanted.tag:
        conditions.append(Contact.id.in_(select(ContactTag.contact_id).where(ContactTag.tag == wanted.tag)))
    if wanted.due_until:
        conditions.append(Contact.next_step_on <= wanted.due_until)
    return conditions


def _order(sort: OutreachSort) -> Sequence[ColumnElement[Any]]:
    match sort:
        case OutreachSort.NAME:
            return (Contact.sort_key.asc(),)
        case OutreachSort.NEXT_STEP:
            return (Contact.next_step_on.is_(None), Contact.next_step_on.asc())
    return ()


def outreach_rows(letter_id: int, ids: Sequence[int]) -> tuple[OutreachRow, ...]:
    """Return these invitations to a letter, in the order of their ids."""
    batches = (ids[start : start + ROWS_AT_ONCE] for start in range(0, len(ids), ROWS_AT_ONCE))
    return tuple(row for batch in batches for row in _rows_of_batch(letter_id, batch))


def _rows_of_batch(letter_id: int, ids: Sequence[int]) -> Iterator[OutreachRow]:
    found, inviter, owner = select_outcomes(letter_id, Invitation.id.in_(ids)).subquery(), aliased(Staff), aliased(Staff)
    query: Select[Any] = (
        select(Invitation, Contact, found.c.outcome, Signature.organization_name, inviter.name, owner.name)
        .join(found, found.c.id == Invitation.id)
        .outerjoin(Contact, Contact.id == Invitation.contact_id)
        .outerjoin(Signature, Signature.id == found.c.signature_id)
        .outerjoin(inviter, inviter.id == Invitation.invited_by_id)
        .outerjoin(owner, owner.id == Contact.owner_id)
    )
    rows = {row[0].id: row for row in db.session.execute(query)}
    contact_ids = [row[1].id for row in rows.values() if row[1]]
    tags, people = tags_of(contact_ids), _people_of(contact_ids)
    return (_outreach_row(rows[number], tags, people) for number in ids if number in rows)


def contacts_of_invitations(letter_id: int, versions: Mapping[int, int]) -> dict[int, int]:
    """Return the contacts of invitations, given by their ids, with the lowest version that was shown for each."""
    query = select(Invitation.id, Invitation.contact_id).where(
        Invitation.letter_id == letter_id, Invitation.id.in_(list(versions)), Invitation.contact_id.is_not(None)
    )
    shown: dict[int, int] = {}
    for row in db.session.execute(query):
        shown[row.contact_id] = min(versions[row.id], shown.get(row.contact_id, versions[row.id]))
    return shown


def tags_of(contact_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Return the tags of contacts by their ids."""
    tags: dict[int, tuple[str, ...]] = {}
    query = select(ContactTag.contact_id, ContactTag.tag).where(ContactTag.contact_id.in_(contact_ids)).order_by(ContactTag.tag)
    for row in db.session.execute(query):
        tags[row.contact_id] = (*tags.get(row.contact_id, ()), row.tag)
    return tags


def _people_of(contact_ids: Sequence[int]) -> dict[int, list[ContactPerson]]:
    people: dict[int, list[ContactPerson]] = {}
    query = select(ContactPerson).where(ContactPerson.contact_id.in_(contact_ids)).order_by(ContactPerson.id)
    for person in db.session.scalars(query):
        people.setdefault(person.contact_id, []).append(person)
    return people


def _outreach_row(row: Row[Any], tags: Mapping[int, tuple[str, ...]], people: Mapping[int, list[ContactPerson]]) -> OutreachRow:
    invitation, contact, outcome, signed_as, inviter, owner = tuple(row)
    name, contact_id = str(invitation.line.get("organization", "")), contact.id if contact else 0
    persons = people.get(contact_id, [])
    person = next((one for one in persons if one.email == invitation.email), persons[0] if persons else None)
    return OutreachRow(
        id=invitation.id, outcome=InvitationOutcome(outcome), organization=name,
        signed_as=signed_as if signed_as and signed_as != name else "",
        person=person.name if person else "", email=invitation.email, phone=person.phone if person else "",
        is_copied=invitation.copied_from_id is not None, invited_by=inviter or "", invited_at=invitation.invited_at,
        opened_at=invitation.opened_at, reminders=invitation.reminders, answer_reason=invitation.answer_reason,
        contact_id=contact_id, version=contact.version if contact else 0, owner=owner or "", tags=tags.get(contact_id, ()),
        next_step=contact.next_step if contact else "", next_step_on=contact.next_step_on if contact else None,
    )  # fmt: skip
