"""Contacts of a coalition: the list, and one with its people, letters and history."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, func, or_, select

from letterhub.domain.invitations.invitation import OUTCOMES_WITH_SIGNATURE, InvitationOutcome, InviteeAnswer
from letterhub.domain.mail.outgoing_mail import MailKind, MailState
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db
from letterhub.models import (
    Contact,
    ContactEntry,
    ContactPerson,
    ContactTag,
    Draft,
    Invitation,
    Letter,
    Organization,
    OutboxMessage,
    Revision,
    Staff,
    root_id_of,
)
from letterhub.queries.invitations.outcomes import select_outcomes
from letterhub.queries.invitations.outreach import OutreachFilter, OutreachSort, contact_conditions, tags_of
from letterhub.queries.letters.letter_header import title_column
from letterhub.queries.letters.letter_lookup import is_newest_revision
from letterhub.queries.paging import RowPage, fetch_page

PAGE_SIZE = 50
MAX_HISTORY = 200
MAX_LETTERS = 20
MAX_TAGS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """Person at a contact. `is_copied` says that name and address come from a signature."""

    id: int
    name: str
    title: str
    email: str
    phone: str
    note: str
    is_copied: bool


@dataclass(frozen=True, slots=True)
class ListedContact:
    """Contact in a list, with the first of its people."""

    id: int
    version: int
    name: str
    website: str
    owner: str
    tags: tuple[str, ...]
    next_step: str
    next_step_on: dt.date | None
    people: tuple[ListedPerson, ...]


@dataclass(frozen=True, slots=True)
class LetterOfContact:
    """Letter that a contact was or may be asked to sign; `outcomes` are those of its invitations, none if it wasn't asked."""

    letter_id: int
    slug: str
    title: str
    outcomes: tuple[InvitationOutcome, ...]
    answer_reason: str

    @property
    def is_signed(self) -> bool:
        """Return whether the letter has a signature of it, so that no answer is asked for."""
        return not OUTCOMES_WITH_SIGNATURE.isdisjoint(self.outcomes)


@dataclass(frozen=True, slots=True)
class ContactEvent:
    """Event in a contact's history: an entry of staff, an invitation, or an email; `mail_state` is None but for an email."""

    at: dt.datetime
    kind: str
    letter: str
    text: str = ""
    who: str = ""
    answer: InviteeAnswer | None = None
    mail_state: MailState | None = None


@dataclass(frozen=True, slots=True)
class ContactProfile:
    """Contact with all that is known of it; `organization_id` is its main entry in the directory, None without one."""

    contact: ListedContact
    owner_id: int | None
    organization_id: int | None
    letters: tuple[LetterOfContact, ...]
    history: tuple[ContactEvent, ...]


def contacts_page(coalition_id: int, wanted: OutreachFilter, page: int) -> tuple[RowPage, tuple[ListedContact, ...]]:
    """Return a page of a coalition's contacts that a filter finds."""
    query = select(Contact.id).where(Contact.coalition_id == coalition_id, *contact_conditions(wanted))
    orders = {
        OutreachSort.NEWEST: (Contact.id.desc(),),
        OutreachSort.NEXT_STEP: (Contact.next_step_on.is_(None), Contact.next_step_on, Contact.sort_key, Contact.id),
    }
    found = fetch_page(query.order_by(*orders.get(wanted.sort, (Contact.sort_key, Contact.id))), page, PAGE_SIZE)
    return found, listed_contacts(coalition_id, [row.id for row in found.rows])


def found_contact_ids(coalition_id: int, wanted: OutreachFilter) -> Sequence[int]:
    """Return the ids of all contacts that a filter finds, by name."""
    query = select(Contact.id).where(Contact.coalition_id == coalition_id, *contact_conditions(wanted))
    return db.session.scalars(query.order_by(Contact.sort_key, Contact.id)).all()


def listed_contacts(coalition_id: int, ids: Sequence[int]) -> tuple[ListedContact, ...]:
    """Return contacts of a coalition, in the order of their ids."""
    query = select(Contact, Staff.name).outerjoin(Staff, Staff.id == Contact.owner_id)
    rows = db.session.execute(query.where(Contact.coalition_id == coalition_id, Contact.id.in_(ids)))
    contacts = {contact.id: (contact, owner or "") for contact, owner in rows}
    tags, people = tags_of(ids), dict[int, tuple[ListedPerson, ...]]()
    persons = select(ContactPerson).where(ContactPerson.contact_id.in_(ids)).order_by(ContactPerson.id)
    for row in db.session.scalars(persons):
        person = ListedPerson(row.id, row.name, row.title, row.email, row.phone, row.note, row.copied_from_id is not None)
        people[row.contact_id] = (*people.get(row.contact_id, ()), person)
    return tuple(
        ListedContact(
            contact.id, contact.version, contact.name, contact.website, owner, tags.get(number, ()), contact.next_step,
            contact.next_step_on, people.get(number, ()),
        )
        for number in ids
        if number in contacts
        for contact, owner in [contacts[number]]
    )  # fmt: skip


def tag_counts(coalition_id: int) -> list[tuple[str, int]]:
    """Return the tags that a coalition's contacts have most often, by name, each with their number."""
    count = func.count().label("number")
    query = select(ContactTag.tag, count).join(Contact, Contact.id == ContactTag.contact_id)
    query = query.where(Contact.coalition_id == coalition_id).group_by(ContactTag.tag)
    rows = db.session.execute(query.order_by(count.desc(), ContactTag.tag).limit(MAX_TAGS_SHOWN))
    return sorted((row.tag, row.number) for row in rows)


def contact_profile(coalition_id: int, contact_id: int) -> ContactProfile | None:
    """Return a contact of a coalition; None if there is none with this id."""
    contact = db.session.get(Contact, contact_id)
    if contact is None or contact.coalition_id != coalition_id:
        return None
    (listed,) = listed_contacts(coalition_id, [contact_id])
    root = select(root_id_of(Organization)).where(Organization.id == contact.organization_id)
    letters = _letters(coalition_id, contact_id)
    titles = {letter.letter_id: letter.title for letter in letters}
    history = _history(contact_id, titles)
    organization_id = db.session.scalar(root) if contact.organization_id else None
    return ContactProfile(listed, contact.owner_id, organization_id, letters, history)


def _letters(coalition_id: int, contact_id: int) -> tuple[LetterOfContact, ...]:
    """Return the letters that a contact was asked to sign, and those that take signatures or will, latest first."""
    asked = select(Invitation.letter_id).where(Invitation.contact_id == contact_id)
    ids = set(db.session.scalars(asked))
    rows = db.session.execute(_select_letters(coalition_id, ids).limit(MAX_LETTERS)).all()
    letters = []
    for row in rows:
        invitations = _invitations_to(row.id, contact_id) if row.id in ids else ()
        outcomes = tuple(InvitationOutcome(one.outcome) for one in invitations)
        reason = next((one.answer_reason for one in invitations if one.answer_reason), "")
        letters.append(LetterOfContact(row.id, row.slug, row.title or "", outcomes, reason))
    return tuple(letters)


def _invitations_to(letter_id: int, contact_id: int) -> Sequence[Row[Any]]:
    """Return the invitations of a contact to a letter, with their outcomes."""
    query = select_outcomes(letter_id, Invitation.contact_id == contact_id).add_columns(Invitation.answer_reason)
    return db.session.execute(query.order_by(Invitation.id)).all()


def letters_to_sign(coalition_id: int) -> list[tuple[str, str]]:
    """Return slug and title of the letters that take signatures or will, latest first."""
    rows = db.session.execute(_select_letters(coalition_id, ()).limit(MAX_LETTERS))
    return [(row.slug, row.title or "") for row in rows]


def _select_letters(coalition_id: int, ids: Collection[int]) -> Select[int, str, str]:
    """Return a select of a coalition's letters that take signatures or will, and of those with these ids, latest first."""
    return (
        select(Letter.id, Letter.slug, title_column().label("title"))
        .join(Draft, Draft.letter_id == Letter.id)
        .outerjoin(Revision, is_newest_revision())
        .where(Letter.coalition_id == coalition_id, Letter.deleted_at.is_(None))
        .where(or_(Letter.id.in_(ids), Letter.state.in_((LetterState.DRAFT, LetterState.OPEN))))
        .order_by(Letter.id.desc())
    )


def _history(contact_id: int, titles: dict[int, str]) -> tuple[ContactEvent, ...]:
    """Return the latest events of a contact, newest first."""
    entries = select(ContactEntry, Staff.name).outerjoin(Staff, Staff.id == ContactEntry.staff_id)
    entries = entries.where(ContactEntry.contact_id == contact_id).order_by(ContactEntry.id.desc()).limit(MAX_HISTORY)
    events = [
        ContactEvent(entry.at, str(entry.kind), titles.get(entry.letter_id or 0, ""), entry.text, who or "", entry.answer)
        for entry, who in db.session.execute(entries)
    ]
    asked = select(Invitation, Staff.name).outerjoin(Staff, Staff.id == Invitation.invited_by_id)
    invitations = db.session.execute(asked.where(Invitation.contact_id == contact_id)).all()
    for invitation, who in invitations:
        title = titles.get(invitation.letter_id, "")
        if invitation.email:
            events.append(ContactEvent(invitation.invited_at, "invited", title, invitation.email, who or ""))
        if invitation.opened_at:
            events.append(ContactEvent(invitation.opened_at, "opened", title))
        if invitation.declined_at:
            events.append(ContactEvent(invitation.declined_at, "declined", title))
    mailboxes = {invitation.canonical_email for invitation, _who in invitations if invitation.canonical_email}
    events += _mails(mailboxes, {invitation.id for invitation, _who in invitations}, titles)
    return tuple(sorted(events, key=lambda event: event.at, reverse=True)[:MAX_HISTORY])


def _mails(mailboxes: Collection[str], invitation_ids: Collection[int], titles: dict[int, str]) -> list[ContactEvent]:
    """Return the emails with these invitations to these mailboxes."""
    query = select(OutboxMessage).where(OutboxMessage.canonical_recipient.in_(mailboxes), OutboxMessage.kind == MailKind.INVITE)
    return [
        ContactEvent(
            message.sent_at or message.failed_at or message.cancelled_at or message.due_at,
            "reminder" if message.parameters.get("again") else "email",
            titles.get(message.letter_id or 0, ""), message.recipient, mail_state=message.state,
        )
        for message in db.session.scalars(query)
        if message.parameters.get("invitation_id") in invitation_ids
    ]  # fmt: skip
