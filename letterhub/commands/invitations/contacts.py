"""Contacts: staff add, edit and delete them, with their people, tags, notes and next steps.

A form carries the version of the contact that it showed, so that no change of a colleague is lost. See
docs/design/invitations.md.
"""

import datetime as dt
from collections.abc import Collection, Mapping

from sqlalchemy import delete, func, select

from letterhub.commands.invitations._contact_steps import audit_contact, find_contact, lock_contact
from letterhub.commands.signatures._anonymization import erase_invitation
from letterhub.domain.i18n import _
from letterhub.domain.invitations.contact import (
    MAX_PEOPLE,
    MAX_TAG,
    MAX_TAGS,
    ContactDetails,
    ContactEntryKind,
    ContactExists,
    NextStep,
    NoSuchContact,
    PersonDetails,
    TooManyPeople,
    TooManyTags,
)
from letterhub.infrastructure.db import db, one_transaction
from letterhub.mail.outbox import normalized_address
from letterhub.models import (
    Contact,
    ContactEntry,
    ContactPerson,
    ContactTag,
    Invitation,
    Membership,
    lock_directory,
)
from letterhub.queries.accounts import StaffContext
from letterhub.queries.invitations.outreach import tags_of


@one_transaction
def create_contact(staff: StaffContext, details: ContactDetails, person: PersonDetails, at: dt.datetime) -> int:
    """Add a contact, with a person if one is known; return its id. Raises ContactExists, CannotMail and TooManyTags."""
    lock_directory(db.session(), staff.coalition_id)
    _check_new(staff.coalition_id, details, 0)
    contact = Contact(coalition_id=staff.coalition_id, created_at=at, used_at=at)
    contact.set_name(details.name, details.website)
    contact.owner_id = _member_id(staff.coalition_id, details.owner_id)
    db.session.add(contact)
    db.session.flush()
    _set_tags(contact, details.tags)
    if not person.is_empty:
        _write_person(ContactPerson(contact_id=contact.id), person)
    audit_contact(contact, staff.actor, "contact added", at)
    return contact.id


@one_transaction
def edit_contact(staff: StaffContext, contact_id: int, details: ContactDetails, version: int, at: dt.datetime) -> None:
    """Save a contact's name, website, tags and owner. Raises ContactChanged, ContactExists, TooManyTags."""
    lock_directory(db.session(), staff.coalition_id)
    contact = lock_contact(staff.coalition_id, contact_id, version)
    _check_new(staff.coalition_id, details, contact.id)
    contact.set_name(details.name, details.website)
    contact.owner_id = _member_id(staff.coalition_id, details.owner_id)
    _set_tags(contact, details.tags)
    contact.change(at)
    audit_contact(contact, staff.actor, "contact edited", at)


@one_transaction
def save_person(
    staff: StaffContext, contact_id: int, person_id: int | None, person: PersonDetails, version: int, at: dt.datetime
) -> None:
    """Save a person of a contact, a new one without an id; one of whom nothing is left is removed.

    Raises ContactChanged, NoSuchContact, CannotMail and TooManyPeople.
    """
    contact = lock_contact(staff.coalition_id, contact_id, version)
    if person_id is None:
        count = db.session.scalar(select(func.count()).where(ContactPerson.contact_id == contact.id)) or 0
        if count >= MAX_PEOPLE:
            raise TooManyPeople(_("A contact can have up to %(most)s people.", most=MAX_PEOPLE))
        row: ContactPerson | None = ContactPerson(contact_id=contact.id)
    else:
        row = db.session.get(ContactPerson, person_id)
    if row is None or row.contact_id != contact.id:
        raise NoSuchContact(_("This person was removed."))
    if not person.is_empty:
        _write_person(row, person)
    elif person_id is not None:
        db.session.delete(row)
    contact.change(at)
    audit_contact(contact, staff.actor, "contact edited", at)


@one_transaction
def add_contact_entry(staff: StaffContext, contact_id: int, kind: ContactEntryKind, text: str, at: dt.datetime) -> None:
    """Add a note, or what was said in a call, to a contact's history. Entries never change, so this needs no version."""
    contact = lock_contact(staff.coalition_id, contact_id)
    db.session.add(ContactEntry(contact_id=contact.id, kind=kind, text=text, staff_id=staff.staff_id, at=at))
    contact.used_at = at
    audit_contact(contact, staff.actor, "contact noted", at)


@one_transaction
def set_next_step(staff: StaffContext, contact_id: int, step: NextStep, version: int, at: dt.datetime) -> None:
    """Set or clear the next step of a contact. Raises ContactChanged."""
    contact = lock_contact(staff.coalition_id, contact_id, version)
    contact.next_step, contact.next_step_on = step.text, step.on
    contact.change(at)
    audit_contact(contact, staff.actor, "contact edited", at)


@one_transaction
def delete_contact(staff: StaffContext, contact_id: int, version: int, at: dt.datetime) -> None:
    """Delete a contact with its people and history. Its invitations stay without name and address, so that nobody who asked
    for no more is invited again. Raises ContactChanged."""
    contact = lock_contact(staff.coalition_id, contact_id, version)
    for invitation in db.session.scalars(select(Invitation).where(Invitation.contact_id == contact.id).with_for_update()):
        erase_invitation(invitation, at)
        invitation.contact_id = None
    audit_contact(contact, staff.actor, "contact deleted", at)
    db.session.flush()
    db.session.execute(delete(Contact).where(Contact.id == contact.id))


@one_transaction
def assign_contacts(
    staff: StaffContext, versions: Mapping[int, int], owner_id: int | None, at: dt.datetime
) -> tuple[int, tuple[str, ...]]:
    """Make a member of the team, or nobody, the owner of the contacts with these ids and versions; return how many, and the
    names of those that changed in the meantime and stay as they are."""
    owner_id = _member_id(staff.coalition_id, owner_id)
    contacts, changed = _unchanged(staff.coalition_id, versions)
    for contact in contacts:
        if contact.owner_id != owner_id:
            contact.owner_id = owner_id
            contact.change(at)
            audit_contact(contact, staff.actor, "contact edited", at)
    return len(contacts), changed


@one_transaction
def tag_contacts(
    staff: StaffContext, contact_ids: Collection[int], tags: tuple[str, ...], at: dt.datetime
) -> tuple[int, tuple[str, ...]]:
    """Add tags to contacts, and keep theirs; return how many, and the names of those that have too many tags for them."""
    _check_tags(tags)
    contacts, tagged, full = _locked(staff.coalition_id, contact_ids), 0, []
    tags_by_contact = tags_of([contact.id for contact in contacts])
    for contact in contacts:
        own = set(tags_by_contact.get(contact.id, ()))
        if len(own.union(tags)) > MAX_TAGS:
            full.append(contact.name)
            continue
        tagged += 1
        if new := [tag for tag in tags if tag not in own]:
            db.session.add_all(ContactTag(contact_id=contact.id, tag=tag) for tag in new)
            contact.change(at)
            audit_contact(contact, staff.actor, "contact edited", at)
    return tagged, tuple(full)


def _unchanged(coalition_id: int, versions: Mapping[int, int]) -> tuple[list[Contact], tuple[str, ...]]:
    """Return those of some contacts, locked, that have the version that was shown, and the names of the others."""
    contacts = _locked(coalition_id, versions)
    unchanged = [contact for contact in contacts if contact.version == versions[contact.id]]
    return unchanged, tuple(contact.name for contact in contacts if contact.version != versions[contact.id])


def _locked(coalition_id: int, ids: Collection[int]) -> list[Contact]:
    query = select(Contact).where(Contact.coalition_id == coalition_id, Contact.id.in_(list(ids))).order_by(Contact.id)
    return list(db.session.scalars(query.with_for_update()))


def _check_new(coalition_id: int, details: ContactDetails, own_id: int) -> None:
    """Raise ContactExists if another contact has this name, unless at another website."""
    other = find_contact(coalition_id, details.name, details.website)
    if other is not None and other.id != own_id:
        raise ContactExists(_("%(name)s is already among your contacts.", name=other.name))


def _member_id(coalition_id: int, staff_id: int | None) -> int | None:
    """Return the id of a member who has joined the coalition's team; None for anyone else."""
    query = select(Membership.staff_id).where(
        Membership.coalition_id == coalition_id, Membership.staff_id == staff_id, Membership.joined_at.is_not(None)
    )
    return db.session.scalar(query) if staff_id else None


def _check_tags(tags: tuple[str, ...]) -> None:
    if len(tags) > MAX_TAGS or any(len(tag) > MAX_TAG for tag in tags):
        raise TooManyTags(_("Enter up to 20 tags, with at most 60 characters each."))


def _set_tags(contact: Contact, tags: tuple[str, ...]) -> None:
    """Replace the tags of a contact. Raises TooManyTags."""
    _check_tags(tags)
    db.session.execute(delete(ContactTag).where(ContactTag.contact_id == contact.id))
    db.session.add_all(ContactTag(contact_id=contact.id, tag=tag) for tag in tags)


def _write_person(row: ContactPerson, person: PersonDetails) -> None:
    """Write a person's details to its row. Raises CannotMail."""
    row.name, row.title, row.phone, row.note = person.name, person.title, person.phone, person.note
    row.set_email(normalized_address(person.email) if person.email else "")
    db.session.add(row)
