"""Steps that invitations and contacts share: finding or adding the contact of an organization, and locking one."""

import datetime as dt
from collections.abc import Collection

from sqlalchemy import exists, select

from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.invitations.contact import (
    MAX_PEOPLE,
    MAX_TAGS,
    ContactChanged,
    ContactEntryKind,
    NoSuchContact,
    PersonDetails,
)
from letterhub.domain.invitations.contact_list import row_tags
from letterhub.domain.letters.letter_document import Signatory, SignatoryKind
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.organizations.name_keys import name_key
from letterhub.domain.organizations.websites import domain_of_website
from letterhub.domain.signatures.signatory_import import ParsedRow
from letterhub.infrastructure.db import db
from letterhub.models import Contact, ContactEntry, ContactPerson, ContactTag, append_audit_entry, lock_directory


def contact_of_invitee(
    coalition_id: int, line: Signatory, email: str, organization_id: int | None, copied_from: int | None, at: dt.datetime
) -> Contact:
    """Return the contact of an organization that is invited, with the person who is written to; what is missing is added.

    The directory is locked, so that two commands add no contact twice.
    """
    lock_directory(db.session(), coalition_id)
    contact = find_contact(coalition_id, line.organization, line.website, organization_id)
    if contact is None:
        contact = Contact(coalition_id=coalition_id, created_at=at, used_at=at)
        contact.set_name(line.organization, line.website)
        db.session.add(contact)
    contact.used_at = at
    contact.organization_id = contact.organization_id or organization_id
    db.session.flush()
    add_person(contact, PersonDetails(line.signer_name, line.signer_title, email), copied_from)
    return contact


def add_row_facts(contact: Contact, row: ParsedRow, staff_id: int, at: dt.datetime) -> None:
    """Add what a list's row has besides the line to a contact: the person's phone, tags, as many as a contact may have, and the
    note, unless its history has that text."""
    if phone := row.values.get("phone"):
        add_person(contact, PersonDetails(row.signatory.signer_name, row.signatory.signer_title, row.email, phone))
    if tags := row_tags(row):
        known = set(db.session.scalars(select(ContactTag.tag).where(ContactTag.contact_id == contact.id)))
        new = [tag for tag in tags if tag not in known][: MAX_TAGS - len(known)]
        db.session.add_all(ContactTag(contact_id=contact.id, tag=tag) for tag in new)
    if text := row.values.get("notes"):
        same = exists().where(ContactEntry.contact_id == contact.id, ContactEntry.text == text)
        if not db.session.scalar(select(same)):
            note = {"contact_id": contact.id, "kind": ContactEntryKind.NOTE, "staff_id": staff_id, "at": at}
            db.session.add(ContactEntry(text=text, **note))


def find_contact(coalition_id: int, name: str, website: str, organization_id: int | None = None) -> Contact | None:
    """Return the contact of an organization: by its entry in the directory, or by its name unless at another website."""
    query, domain = select(Contact).where(Contact.coalition_id == coalition_id), domain_of_website(website)
    if organization_id and (contact := db.session.scalar(query.where(Contact.organization_id == organization_id).limit(1))):
        return contact
    by_name = query.where(Contact.name_key == name_key(name)).order_by(Contact.domain.desc(), Contact.id)
    return db.session.scalar(by_name.where(Contact.domain.in_((domain, ""))).limit(1) if domain else by_name.limit(1))


def add_person(contact: Contact, person: PersonDetails, copied_from: int | None = None) -> None:
    """Add a person to a contact, or what is new about one whom it has by this address or name."""
    if person.is_empty:
        return
    people = db.session.scalars(select(ContactPerson).where(ContactPerson.contact_id == contact.id)).all()
    mailbox = EmailAddress(person.email).canonical if person.email else ""
    same = [one for one in people if (mailbox and one.canonical_email == mailbox) or (not mailbox and one.name == person.name)]
    if not same and len(people) >= MAX_PEOPLE:
        return
    row = same[0] if same else ContactPerson(contact_id=contact.id, copied_from_id=copied_from)
    row.complete(person)
    db.session.add(row)


def contacts_with_address(coalition_id: int, contact_ids: Collection[int]) -> list[tuple[Signatory, str, int | None]]:
    """Return the line of each of these contacts that has an address, with the first such person's address, and the signature
    that it was copied from."""
    query = (
        select(Contact, ContactPerson)
        .join(ContactPerson, ContactPerson.contact_id == Contact.id)
        .where(Contact.coalition_id == coalition_id, Contact.id.in_(contact_ids), ContactPerson.email != "")
        .order_by(Contact.id, ContactPerson.id)
    )
    lines: dict[int, tuple[Signatory, str, int | None]] = {}
    for contact, person in db.session.execute(query):
        line = Signatory(contact.name, person.name, person.title, kind=SignatoryKind.ORGANIZATION, website=contact.website)
        lines.setdefault(contact.id, (line, person.email, person.copied_from_id))
    return list(lines.values())


def lock_contact(coalition_id: int, contact_id: int, expected_version: int | None = None) -> Contact:
    """Return a contact, locked. Raises NoSuchContact, and ContactChanged if it has another version than a form showed."""
    contact = db.session.get(Contact, contact_id, with_for_update=True)
    if contact is None or contact.coalition_id != coalition_id:
        raise NoSuchContact(_("This contact was deleted."))
    if expected_version is not None and contact.version != expected_version:
        raise ContactChanged(
            _("Someone changed %(name)s in the meantime. Look at the changes, then save again.", name=contact.name)
        )
    return contact


def audit_contact(contact: Contact, actor: str, action: str, at: dt.datetime) -> None:
    """Append an entry about a contact to the coalition's audit log, which holds no personal data."""
    chain, subject = ReferenceKind.COALITION.reference(contact.coalition_id), ReferenceKind.CONTACT.reference(contact.id)
    append_audit_entry(db.session(), chain, actor, action, at=at, subject=subject)
