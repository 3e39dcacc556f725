"""Tables of editions: frozen, numbered letters with their lists, the files rendered from each, and deliveries."""

import datetime as dt
import hashlib
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, event, inspect
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from letterhub.domain.editions.deliveries import (
    REASON_LENGTH,
    RECEIPT_LENGTH,
    RECIPIENT_LENGTH,
    AttachmentMode,
    DeliveryMethod,
    check_undo,
)
from letterhub.domain.editions.delivery_emails import NAME_LENGTH, CoverEmail, EmailRecipient, RecipientRole
from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.letters.letter_document import SignatoryCounts
from letterhub.domain.letters.translations import LANGUAGE_TAG_LENGTH
from letterhub.domain.mail.mail_words import MAX_SENDER_NAME, MAX_SUBJECT, MailWords
from letterhub.domain.operations.render_jobs import JobState
from letterhub.infrastructure.db import Base, append_only
from letterhub.models.letters import Letter
from letterhub.models.operations import LongJob


@append_only("edition {row.number} is frozen: freeze a new one")
class Edition(Base):
    """Frozen snapshot: `document` is the LetterDocument as JSON without its signatories, which are in pages; `sha256` is the
    hash of the whole, `public_id` its printed id.

    `check_url` is the URL of its check page and `time_zone` the time zone of its date, both as printed.
    `signature_ids` are parallel to the document's signatories; `individuals` is the number of individuals among its `count`,
    `unnamed` that of organizations without a named person with a title; `layout` is the document's. `letter_version` is the
    version of the letter that it is a snapshot of, `idempotency_key` the idempotency key of its form.
    """

    __tablename__ = "edition"
    __table_args__ = (UniqueConstraint("letter_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    number: Mapped[int]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    frozen_at: Mapped[dt.datetime]
    count: Mapped[int]
    individuals: Mapped[int] = mapped_column(default=0)
    unnamed: Mapped[int] = mapped_column(default=0)
    layout: Mapped[int] = mapped_column(default=1)
    document: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))
    letter_version: Mapped[str] = mapped_column(String(16), default="")
    check_url: Mapped[str] = mapped_column(String(300), default="")
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    signature_ids: Mapped[list[Any]] = mapped_column(default=list, deferred=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    idempotency_key: Mapped[str | None] = mapped_column(String(64), unique=True, index=True)

    letter: Mapped[Letter] = relationship(lazy="raise")

    @property
    def counts(self) -> SignatoryCounts:
        """Numbers of its organizations and individuals."""
        return SignatoryCounts(self.count - self.individuals, self.individuals)


class EditionPage(Base):
    """Page of an edition's signatories, so that showing a few needs not load all: `lines` are its signatories in the order of
    the document, as `serialization.compress_lines` packs them, and `search_words` for the search, a text line per signatory,
    with a space before each word."""

    __tablename__ = "edition_page"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    lines: Mapped[bytes] = mapped_column(LargeBinary)
    search_words: Mapped[str] = mapped_column(Text)


@append_only("edition {row.edition_id} is frozen: freeze a new one")
class EditionTranslation(Base):
    """Translation that an edition was frozen with: the text that was published then, which never changes."""

    __tablename__ = "edition_translation"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(LANGUAGE_TAG_LENGTH), primary_key=True)
    text_id: Mapped[int] = mapped_column(ForeignKey("translated_text.id"))


class EditionFile(LongJob):
    """File of an edition, and the job that renders it. Once `done`, its content never changes.

    `language` is "" for the letter's own, or that of a translation.
    `toolchain` is the hash of the toolchain: the same one renders the same edition to the same bytes. A file that is done and
    has no `content` is in the object store, under its `sha256`.
    """

    __tablename__ = "edition_file"
    __table_args__ = (UniqueConstraint("edition_id", "format", "language"), Index("ix_edition_file_size", "size"))

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    format: Mapped[FileFormat]
    language: Mapped[str] = mapped_column(String(LANGUAGE_TAG_LENGTH), default="", server_default="")
    size: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str] = mapped_column(String(64), default="", index=True)
    toolchain: Mapped[str] = mapped_column(String(64), default="")
    finished_at: Mapped[dt.datetime | None]

    edition: Mapped[Edition] = relationship(lazy="raise")

    def finish(self, content: bytes, warnings: list[str], at: dt.datetime, version: str = "", *, stored: bool = False) -> None:
        """Store the rendered file, after which it cannot change. `version` is that of the renderer; `stored` says that its
        bytes are in the object store already."""
        self.toolchain = version
        self.content = None if stored else content
        self.size, self.sha256 = len(content), hashlib.sha256(content).hexdigest()
        self.state, self.progress, self.warnings, self.error = JobState.DONE, 100, list(warnings), ""
        self.finished_at, self.lease_until = at, None

    def fail(self, sentence: str, at: dt.datetime) -> None:
        """Mark the file as failed, for the reason in the `sentence`, until someone requests a retry."""
        super().fail(sentence, at)
        self.finished_at = at

    def postpone(self, lease_until: dt.datetime) -> None:
        """Retry at `lease_until`, because it was rendered but could not be stored; this attempt does not count."""
        self.attempts, self.lease_until = self.attempts - 1, lease_until

    def requeue(self, at: dt.datetime) -> None:
        """Requeue it for a retry."""
        self.state, self.error, self.attempts, self.progress = JobState.WAITING, "", 0, 0
        self.requested_at, self.finished_at = at, None


@event.listens_for(EditionFile, "before_update")
@event.listens_for(EditionFile, "before_delete")
def _forbid_change_once_done(_mapper: Mapper[Any], _connection: Any, file: EditionFile) -> None:
    """Raise RuntimeError if a file that was rendered before is changed or deleted."""
    history = inspect(file).attrs.state.history
    if JobState.DONE in (history.deleted or history.unchanged or ()):
        raise RuntimeError(f"the {file.format} of edition {file.edition_id} is drawn: it stays as it is")


class Delivery(Base):
    """Delivery of one edition. Undoing it keeps the row.

    `time_zone` is the time zone of its display; `copies` is the number of signatories who were sent a copy. `idempotency_key`
    is the idempotency key of its form, and the recipient's number in that.
    """

    __tablename__ = "delivery"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    recipient: Mapped[str] = mapped_column(String(RECIPIENT_LENGTH))
    method: Mapped[DeliveryMethod]
    delivered_at: Mapped[dt.datetime]
    time_zone: Mapped[str] = mapped_column(String(64))
    receipt: Mapped[str] = mapped_column(String(RECEIPT_LENGTH), default="")
    copies: Mapped[int] = mapped_column(default=0)
    recorded_at: Mapped[dt.datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    undone_at: Mapped[dt.datetime | None]
    undo_reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    idempotency_key: Mapped[str | None] = mapped_column(String(64), unique=True, index=True)

    edition: Mapped[Edition] = relationship(lazy="raise")

    def undo(self, reason: str, at: dt.datetime) -> None:
        """Undo a delivery that was recorded by mistake. Raises CannotUndoDelivery if that is no longer possible."""
        check_undo(self.recorded_at, self.undone_at, at)
        self.undone_at, self.undo_reason = at, reason


class DeliveryEmail(Base):
    """Email that delivers an edition. Each recipient has a row, and an outbox line of their own.

    `text` is Markdown, `formats` the files that it brings as `attachment_mode` says, each in the `language` if there is one in
    it, else in the letter's own. `mail_limit` is the maximum bytes of a mail to its recipients' mailboxes. `copies` asks for an
    email to each signatory once it is delivered.
    """

    __tablename__ = "delivery_email"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    sender_name: Mapped[str] = mapped_column(String(MAX_SENDER_NAME), default="")
    subject: Mapped[str] = mapped_column(String(MAX_SUBJECT))
    text: Mapped[str] = mapped_column(Text)
    formats: Mapped[list[Any]] = mapped_column(default=list)
    language: Mapped[str] = mapped_column(String(LANGUAGE_TAG_LENGTH), default="", server_default="")
    attachment_mode: Mapped[AttachmentMode]
    mail_limit: Mapped[int]
    copies: Mapped[bool] = mapped_column(default=False)
    time_zone: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[dt.datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    idempotency_key: Mapped[str | None] = mapped_column(String(64), unique=True, index=True)

    recipients: Mapped[list["DeliveryRecipient"]] = relationship(order_by="DeliveryRecipient.id", lazy="selectin")

    @property
    def cover_email(self) -> CoverEmail:
        """The email as a value."""
        return CoverEmail(
            recipients=tuple(EmailRecipient(one.name, one.address, one.role) for one in self.recipients if one.address),
            words=MailWords(self.subject, self.text, self.sender_name),
            formats=tuple(map(FileFormat, self.formats)),
            language=self.language,
            mail_limit=self.mail_limit,
        )


class DeliveryRecipient(Base):
    """Recipient of a delivery's email. `outbox_id` is the last email that was queued for them, `reply` what their mail server
    answered when it accepted that; `delivery_id` is the delivery that this made. The `address` of a copy is "" once erased."""

    __tablename__ = "delivery_recipient"

    id: Mapped[int] = mapped_column(primary_key=True)
    email_id: Mapped[int] = mapped_column(ForeignKey("delivery_email.id"), index=True)
    role: Mapped[RecipientRole]
    name: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    address: Mapped[str] = mapped_column(String(255))
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_message.id", ondelete="SET NULL"))
    accepted_at: Mapped[dt.datetime | None]
    reply: Mapped[str] = mapped_column(String(500), default="")
    bounced_at: Mapped[dt.datetime | None]
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id"))
