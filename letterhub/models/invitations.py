"""Tables of contacts and their invitations to sign, of partners who recruit signers by a link of their own, of uploaded files
that staff are previewing, and of imports."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, exists, or_
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.domain.invitations.contact import (
    MAX_NAME,
    MAX_NEXT_STEP,
    MAX_NOTE,
    MAX_PHONE,
    MAX_TAG,
    ContactEntryKind,
    PersonDetails,
)
from letterhub.domain.invitations.invitation import InviteeAnswer
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.operations.render_jobs import JobState
from letterhub.domain.organizations.name_keys import name_key, sort_key
from letterhub.domain.organizations.websites import domain_of_website
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import Base, code_point_string
from letterhub.infrastructure.signed_links import hash_mailbox, hash_recipient
from letterhub.models.operations import LongJob
from letterhub.models.signature_evidence import IS_DENIED
from letterhub.models.signatures import Signature


class Contact(Base):
    """Organization that a coalition asks to sign, unique by its name and its website's domain.

    `organization_id` is its entry in the directory, once it has one. `version` counts the changes, so that a form can say
    which one it showed; `used_at` is when staff last wrote something or invited it.
    """

    __tablename__ = "contact"
    __table_args__ = (
        UniqueConstraint("coalition_id", "name_key", "domain"),
        Index("ix_contact_list", "coalition_id", "sort_key", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    coalition_id: Mapped[int] = mapped_column(ForeignKey("coalition.id"))
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    name: Mapped[str] = mapped_column(String(MAX_NAME))
    name_key: Mapped[str] = mapped_column(String(MAX_NAME))
    domain: Mapped[str] = mapped_column(String(255), default="")
    website: Mapped[str] = mapped_column(String(400), default="")
    sort_key: Mapped[str] = mapped_column(code_point_string(1200), default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"), index=True)
    next_step: Mapped[str] = mapped_column(String(MAX_NEXT_STEP), default="")
    next_step_on: Mapped[dt.date | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime]

    def set_name(self, name: str, website: str) -> None:
        """Set its name and website, with the keys that follow from them."""
        self.name, self.name_key, self.sort_key = name, name_key(name), sort_key(name)
        self.website, self.domain = website, domain_of_website(website)

    def change(self, at: dt.datetime) -> None:
        """Count a change."""
        self.version, self.used_at = (self.version or 0) + 1, at


class ContactPerson(Base):
    """Person to write to or call at a contact. `copied_from_id` is the signature that name and address were copied from; None
    if staff entered them, by hand or from a file.
    """

    __tablename__ = "contact_person"

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"), index=True)
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("signature.id", ondelete="SET NULL"), index=True)
    name: Mapped[str] = mapped_column(String(MAX_NAME), default="")
    title: Mapped[str] = mapped_column(String(MAX_NAME), default="")
    email: Mapped[str] = mapped_column(String(255), default="")
    canonical_email: Mapped[str] = mapped_column(String(255), default="", index=True)
    phone: Mapped[str] = mapped_column(String(MAX_PHONE), default="")
    note: Mapped[str] = mapped_column(String(MAX_NOTE), default="")

    def set_email(self, email: str) -> None:
        """Set the address."""
        self.email, self.canonical_email = email, EmailAddress(email).canonical if email else ""

    def complete(self, details: PersonDetails) -> None:
        """Set what is missing and these details have."""
        self.name, self.title = self.name or details.name, self.title or details.title
        self.phone, self.note = self.phone or details.phone, self.note or details.note
        if not self.email:
            self.set_email(details.email)


class ContactTag(Base):
    """Tag of a contact."""

    __tablename__ = "contact_tag"

    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    tag: Mapped[str] = mapped_column(String(MAX_TAG), primary_key=True, index=True)


class ContactEntry(Base):
    """Entry in a contact's history: a note, a call, or an answer, which is about a letter. It stays as it was written."""

    __tablename__ = "contact_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"), index=True)
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"), index=True)
    kind: Mapped[ContactEntryKind]
    answer: Mapped[InviteeAnswer | None]
    text: Mapped[str] = mapped_column(String(MAX_NOTE), default="")
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    at: Mapped[dt.datetime]


class Invitation(Base):
    """Invitation of a contact to a letter: at a mailbox, unique for both, or otherwise, by phone for example.

    `line` is the prefilled line of its form, `signature_id` the resulting signature, `copied_from_id` the signature of another
    letter that mailbox and line were copied from; None if staff entered them. `name_key` is the match key of the invited name,
    see `domain.organizations`. The hashes are None without a mailbox: of it and of its spelling for the letter, and for all of
    the coalition's.
    `answer` is what staff wrote down, of all invitations of a contact to the letter. `opened_at` is when the form behind the
    link was first opened: a weak sign, see docs/design/invitations.md. When the address is erased, `email`, `name_key` and the
    reason become "" and the line empty; the hashes stay, so that nobody is invited twice.
    """

    __tablename__ = "invitation"
    __table_args__ = (UniqueConstraint("letter_id", "mailbox_hash"), Index("ix_invitation_name", "letter_id", "name_key"))

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id", ondelete="SET NULL"), index=True)
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    signature_id: Mapped[int | None] = mapped_column(ForeignKey("signature.id", ondelete="SET NULL"), index=True)
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("signature.id"), index=True)
    email: Mapped[str] = mapped_column(String(255))
    canonical_email: Mapped[str] = mapped_column(String(255), default="", index=True)
    mailbox_hash: Mapped[str | None] = mapped_column(String(64))
    address_hash: Mapped[str | None] = mapped_column(String(64))
    recipient_hash: Mapped[str | None] = mapped_column(String(64))
    name_key: Mapped[str] = mapped_column(String(300), default="")
    line: Mapped[dict[str, Any]]
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    invited_at: Mapped[dt.datetime]
    opened_at: Mapped[dt.datetime | None]
    reminders: Mapped[int] = mapped_column(default=0)
    reminded_at: Mapped[dt.datetime | None]
    declined_at: Mapped[dt.datetime | None]
    answer: Mapped[InviteeAnswer | None]
    answer_reason: Mapped[str] = mapped_column(String(MAX_NOTE), default="")
    answered_at: Mapped[dt.datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))

    def set_email(self, email: str, coalition_id: int) -> None:
        """Set the mailbox that it is sent to, with its hashes."""
        address = EmailAddress(email)
        self.email, self.canonical_email = email, address.canonical
        self.mailbox_hash = hash_mailbox(self.letter_id, address)
        self.address_hash = hash_mailbox(self.letter_id, address, as_spelled=True)
        self.recipient_hash = hash_recipient(coalition_id, address)

    def erase(self) -> None:
        """Erase who was invited; that a mailbox was invited, and the answer, stay."""
        self.email = self.canonical_email = self.name_key = self.answer_reason = ""
        self.line = {}

    def remind(self, at: dt.datetime) -> None:
        """Count a reminder."""
        self.reminders, self.reminded_at = (self.reminders or 0) + 1, at

    def set_answer(self, answer: InviteeAnswer | None, reason: str, staff_id: int, at: dt.datetime) -> None:
        """Set the answer that staff heard, or None to take it back."""
        self.answer, self.answer_reason = answer, reason
        self.answered_at, self.answered_by_id = at, staff_id

    def copy_answer(self, other: "Invitation") -> None:
        """Set the answer that another invitation of its contact has."""
        self.answer, self.answer_reason = other.answer, other.answer_reason
        self.answered_at, self.answered_by_id = other.answered_at, other.answered_by_id


_ended = or_(Signature.state == SignatureState.DECLINED, IS_DENIED)
IS_KNOWN_TO_STAFF = ~exists().where(Signature.id == Invitation.copied_from_id, _ended).correlate(Invitation)
"""SQL condition: the invitation shows that staff know its mailbox. One that was copied from a signature does so no more once
that was declined or denied."""


class PlannedReminder(Base):
    """Reminder that is sent so many days before a letter's deadline, at a `minute` of the day in its zone; it moves with the
    deadline. `finished_at` is when the worker sent it, to `count` organizations, or found it too late.
    """

    __tablename__ = "planned_reminder"
    __table_args__ = (UniqueConstraint("letter_id", "days_before", "minute"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"))
    days_before: Mapped[int]
    minute: Mapped[int]
    planned_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    planned_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime | None]
    count: Mapped[int] = mapped_column(default=0)

    def finish(self, count: int, at: dt.datetime) -> None:
        """Take note that so many organizations were reminded."""
        self.finished_at, self.count = at, count


class Upload(Base):
    """Uploaded table with its name: the import reads it from here, not from the browser again.

    It is for a letter, or for the coalition's contacts: one of `letter_id` and `coalition_id` is None. `choices` say how it is
    read (`letterhub.intake.tables.choices`); empty until that is settled.
    """

    __tablename__ = "upload"

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"), index=True)
    coalition_id: Mapped[int | None] = mapped_column(ForeignKey("coalition.id", ondelete="CASCADE"), index=True)
    file_name: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    choices: Mapped[dict[str, Any]] = mapped_column(default=dict)
    uploaded_at: Mapped[dt.datetime]
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))


class RememberedColumns(Base):
    """Fields that a coalition chose for the columns of a table, for the next one with the same headings in the same import.

    `columns` are keys of fields, "" for a column to leave out, in the order of the headings, of which a hash is stored.
    """

    __tablename__ = "remembered_columns"
    __table_args__ = (UniqueConstraint("coalition_id", "purpose", "headings_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    coalition_id: Mapped[int] = mapped_column(ForeignKey("coalition.id", ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(String(40))
    headings_hash: Mapped[str] = mapped_column(String(64))
    columns: Mapped[dict[str, Any]]
    chosen_at: Mapped[dt.datetime]


class SignatoryImport(LongJob):
    """File of names that staff agreed to import, and the job that adds them to the queue; `content` is the file until then.

    `choices` say how it is read. `expected_version` is the version hash of the rows that were shown, `lines` the numbers of the
    file's lines that are imported, and `done_rows` how many of them are done; `imported` of those were added, as the places of
    others were taken meanwhile. `is_notified` says that signatories are emailed about it. `actor` is an audit log reference.
    """

    __tablename__ = "signatory_import"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"), index=True)
    file_name: Mapped[str] = mapped_column(String(200))
    expected_version: Mapped[str] = mapped_column(String(16))
    actor: Mapped[str] = mapped_column(String(40))
    choices: Mapped[dict[str, Any]] = mapped_column(default=dict)
    lines: Mapped[list[Any]] = mapped_column(default=list, deferred=True)
    is_notified: Mapped[bool]
    done_rows: Mapped[int] = mapped_column(default=0)
    imported: Mapped[int] = mapped_column(default=0)
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))

    def add_batch(self, rows: int, imported: int, total: int, lease_until: dt.datetime) -> None:
        """Count a batch of rows of which so many were imported; after the last of `total` rows the job is done."""
        self.done_rows, self.imported = self.done_rows + rows, self.imported + imported
        self.report_progress(100 * self.done_rows // total, lease_until)
        if self.done_rows == total:
            self.state, self.content, self.error, self.lease_until = JobState.DONE, None, "", None


class Partner(Base):
    """Partner of a letter: `source` is the word in its link, by which forms are counted."""

    __tablename__ = "partner"
    __table_args__ = (UniqueConstraint("letter_id", "source"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[dt.datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
