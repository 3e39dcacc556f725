"""Lists of contacts from a table: new contacts, and what is new about those of the same name. Nobody is invited.

See docs/design/tables-in.md.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select

from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.invitations.contact import ContactEntryKind
from letterhub.domain.invitations.contact_list import APPLIED, ContactState, plan_contact_list
from letterhub.domain.signatures.signatory_import import FilePreview, ImportChanged, ParsedRow
from letterhub.infrastructure.db import db, end_read_transaction, one_transaction
from letterhub.models import (
    Contact,
    ContactEntry,
    ContactPerson,
    ContactTag,
    Upload,
    append_audit_entry,
    lock_directory,
)
from letterhub.queries.accounts import StaffContext
from letterhub.queries.invitations.contact_list_preview import contact_states, named_contact_ids, parse_contacts
from letterhub.queries.invitations.invitees import BATCH_SIZE
from letterhub.queries.signatures.signatory_import import TableOwner, UploadedFile, uploaded_file


class ListGone(ImportChanged):
    """Raised when a list was imported or discarded since its preview."""

    def __init__(self) -> None:
        super().__init__(_("This list has since been imported or discarded."))


@dataclass(frozen=True, slots=True)
class ImportedContacts:
    """Count of the contacts that a list added, and of those to which it added something."""

    new: int
    added_to: int


def import_contacts(staff: StaffContext, upload_id: int, expected: str, at: dt.datetime) -> ImportedContacts:
    """Apply the rows of an uploaded list that the preview showed, and delete it.

    `expected` is the version hash of those rows. Raises ListGone, and ImportChanged if the outcome of the rows differs.
    """
    upload = uploaded_file(TableOwner(coalition_id=staff.coalition_id), upload_id)
    if upload is None:
        raise ListGone
    rows, _notes = parse_contacts(upload)
    end_read_transaction()
    return _apply_list(staff, upload_id, upload, rows, expected, at)


@one_transaction
def _apply_list(
    staff: StaffContext, upload_id: int, upload: UploadedFile, rows: Sequence[ParsedRow], expected: str, at: dt.datetime
) -> ImportedContacts:
    """Apply a list, unless it is gone or its outcome has changed; the contacts are locked until the end."""
    lock_directory(db.session(), staff.coalition_id)
    owner = TableOwner(coalition_id=staff.coalition_id)
    if db.session.scalar(delete(Upload).where(owner.owns(upload_id)).returning(Upload.id)) is None:
        raise ListGone
    contacts = _locked_contacts(named_contact_ids(staff.coalition_id, rows))
    states = contact_states(staff.coalition_id, rows)
    planned = plan_contact_list(rows, states)
    if FilePreview(upload.file_name, planned, (), upload.uploaded_at, APPLIED).version != expected:
        raise ImportChanged(_("Your contacts changed while you were looking at the list. Look at it again, then import it."))
    _write_contacts(staff, states.changed, contacts, at)
    new = sum(state.id is None for state in states.changed)
    chain, facts = (
        ReferenceKind.COALITION.reference(staff.coalition_id),
        {"count": len(states.changed), "file": upload.file_name},
    )
    append_audit_entry(db.session(), chain, staff.actor, "contacts imported", at=at, after=facts)
    return ImportedContacts(new, len(states.changed) - new)


def _locked_contacts(ids: Sequence[int]) -> dict[int, Contact]:
    """Return contacts by id, locked in the order of their ids."""
    contacts: dict[int, Contact] = {}
    for start in range(0, len(ids), BATCH_SIZE):
        query = select(Contact).where(Contact.id.in_(ids[start : start + BATCH_SIZE])).order_by(Contact.id)
        contacts |= {contact.id: contact for contact in db.session.scalars(query.with_for_update())}
    return contacts


def _write_contacts(
    staff: StaffContext, states: Sequence[ContactState], contacts: Mapping[int, Contact], at: dt.datetime
) -> None:
    """Write contacts as a list leaves them, with their people, tags and notes."""
    rows = []
    for state in states:
        contact = contacts[state.id] if state.id else Contact(coalition_id=staff.coalition_id, created_at=at)
        if contact.website != state.website or not state.id:
            contact.set_name(state.name, state.website)
        contact.change(at)
        rows.append(contact)
    db.session.add_all(rows)
    db.session.flush()
    people = _people_by_id([one.id for state in states for one in state.people if one.is_changed and one.id])
    for state, contact in zip(states, rows, strict=True):
        for one in state.people:
            if one.id is None or one.is_changed:
                person = people[one.id] if one.id else ContactPerson(contact_id=contact.id)
                person.complete(one.details)
                db.session.add(person)
        db.session.add_all(ContactTag(contact_id=contact.id, tag=tag) for tag in state.new_tags)
        notes = {"contact_id": contact.id, "kind": ContactEntryKind.NOTE, "staff_id": staff.staff_id, "at": at}
        db.session.add_all(ContactEntry(text=text, **notes) for text in state.new_notes)


def _people_by_id(ids: Sequence[int]) -> dict[int, ContactPerson]:
    people: dict[int, ContactPerson] = {}
    for start in range(0, len(ids), BATCH_SIZE):
        query = select(ContactPerson).where(ContactPerson.id.in_(ids[start : start + BATCH_SIZE]))
        people |= {person.id: person for person in db.session.scalars(query)}
    return people
