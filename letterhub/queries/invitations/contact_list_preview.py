"""Preview of a list of contacts: the outcome of each of its rows."""

from collections.abc import Iterable

from sqlalchemy import select

from letterhub.domain.invitations.contact import PersonDetails
from letterhub.domain.invitations.contact_list import (
    APPLIED,
    ContactRowOutcome,
    ContactState,
    ContactStates,
    PersonState,
    plan_contact_list,
)
from letterhub.domain.organizations.name_keys import name_key
from letterhub.domain.signatures.signatory_import import FilePreview, ParsedRow
from letterhub.infrastructure.db import db
from letterhub.intake.tables.choices import TableChoices
from letterhub.intake.tables.target_fields import CONTACT_LIST_FIELDS
from letterhub.models import Contact, ContactEntry, ContactPerson, ContactTag
from letterhub.queries.invitations.invitees import BATCH_SIZE
from letterhub.queries.signatures.signatory_import import TableOwner, UploadedFile, parse_rows, uploaded_file


def contact_list_preview(coalition_id: int, upload_id: int) -> FilePreview[ContactRowOutcome] | None:
    """Return the preview of importing an upload's contacts; None if the coalition has no such upload."""
    upload = uploaded_file(TableOwner(coalition_id=coalition_id), upload_id)
    if upload is None:
        return None
    rows, notes = parse_contacts(upload)
    planned = plan_contact_list(rows, contact_states(coalition_id, rows))
    return FilePreview(upload.file_name, planned, notes, upload.uploaded_at, APPLIED)


def parse_contacts(upload: UploadedFile) -> tuple[tuple[ParsedRow, ...], tuple[str, ...]]:
    """Return the parsed rows of a list of contacts, and the reader's notes. Raises FileRefused."""
    return parse_rows(upload.content, upload.file_name, TableChoices.from_facts(upload.choices), CONTACT_LIST_FIELDS)


def named_contact_ids(coalition_id: int, rows: Iterable[ParsedRow]) -> list[int]:
    """Return the ids of the contacts that have the name of a row, in order."""
    keys = sorted({name_key(row.signatory.organization) for row in rows})
    ids = list[int]()
    for start in range(0, len(keys), BATCH_SIZE):
        some = Contact.name_key.in_(keys[start : start + BATCH_SIZE])
        ids += db.session.scalars(select(Contact.id).where(Contact.coalition_id == coalition_id, some))
    return sorted(ids)


def contact_states(coalition_id: int, rows: Iterable[ParsedRow]) -> ContactStates:
    """Return the contacts that have the name of a row, as they are stored."""
    ids, states = named_contact_ids(coalition_id, rows), dict[int, ContactState]()
    for start in range(0, len(ids), BATCH_SIZE):
        some = ids[start : start + BATCH_SIZE]
        contacts = select(Contact.id, Contact.name, Contact.website).where(Contact.id.in_(some)).order_by(Contact.id)
        states |= {row.id: ContactState(row.name, row.website, row.id) for row in db.session.execute(contacts)}
        people = select(ContactPerson).where(ContactPerson.contact_id.in_(some)).order_by(ContactPerson.id)
        for one in db.session.scalars(people):
            details = PersonDetails(one.name, one.title, one.email, one.phone, one.note)
            states[one.contact_id].people.append(PersonState(details, one.id))
            states[one.contact_id].notes.add(one.note)
        tags = select(ContactTag.contact_id, ContactTag.tag).where(ContactTag.contact_id.in_(some))
        for row in db.session.execute(tags):
            states[row.contact_id].tags.add(row.tag)
        entries = select(ContactEntry.contact_id, ContactEntry.text).where(ContactEntry.contact_id.in_(some))
        for row in db.session.execute(entries):
            states[row.contact_id].notes.add(row.text)
    return ContactStates(states.values())
