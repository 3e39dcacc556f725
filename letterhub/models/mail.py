"""Tables of mail: the transactional outbox, and mailboxes that get no more mail of a letter or coalition.

So no change is committed without its mail, and none is sent for a change that was rolled back. A row holds facts and no
message: that is composed when it is sent, and the link in it is made only then.
"""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, SmallInteger, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.domain.editions.deliveries import FALLBACK_KEY, MODE_KEY, AttachmentMode, attachment_mode_of
from letterhub.domain.i18n import _
from letterhub.domain.mail.mail_words import MAX_SENDER_NAME, MAX_SUBJECT, MailWords, WordedMail
from letterhub.domain.mail.outgoing_mail import CannotRetry, MailFailure, MailState, Precedence, SuppressionReason
from letterhub.infrastructure.db import Base

WAITING = text("sent_at IS NULL AND failed_at IS NULL AND cancelled_at IS NULL")
FAILED = text("failed_at IS NOT NULL")
CANCELLED = text("cancelled_at IS NOT NULL")
ERROR_LENGTH = 500


class OutboxMessage(Base):
    """Mail to one recipient. Until it is sent, failed or cancelled, it waits for `due_at`.

    `lease_until` is set while a worker is sending it; past that, another may take it. `message_id` stays the same for every
    attempt. `requested_at` is when sending was last requested, from which the days until giving up are counted. `deferrals`
    counts the attempts that failed because of this mail, which sets the backoff; those that found the server unavailable do
    not count. `failure` is why the last attempt of a waiting mail failed. `canonical_recipient` is the canonical address, by
    which mail to a recipient is counted. `precedence` is that of its kind when it was posted: due mails with the lowest value
    go first. The first four indexes hold only waiting, failed and cancelled rows, so that sent mail costs
    the worker nothing.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index("ix_outbox_message_waiting", "precedence", "due_at", "id", sqlite_where=WAITING, postgresql_where=WAITING),
        Index("ix_outbox_message_failed", "failed_at", sqlite_where=FAILED, postgresql_where=FAILED),
        Index("ix_outbox_message_failed_letter", "letter_id", sqlite_where=FAILED, postgresql_where=FAILED),
        Index("ix_outbox_message_cancelled", "cancelled_at", sqlite_where=CANCELLED, postgresql_where=CANCELLED),
        Index("ix_outbox_message_recipient", "canonical_recipient", "created_at"),
        Index("ix_outbox_message_letter", "letter_id", "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    coalition_id: Mapped[int | None] = mapped_column(ForeignKey("coalition.id"), index=True)
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"))
    signature_id: Mapped[int | None] = mapped_column(ForeignKey("signature.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    precedence: Mapped[int] = mapped_column(SmallInteger, default=Precedence.INTERACTIVE)
    recipient: Mapped[str] = mapped_column(String(255))
    canonical_recipient: Mapped[str] = mapped_column(String(255), default="")
    parameters: Mapped[dict[str, Any]]
    message_id: Mapped[str] = mapped_column(String(255), unique=True)
    created_at: Mapped[dt.datetime]
    requested_at: Mapped[dt.datetime]
    due_at: Mapped[dt.datetime]
    lease_until: Mapped[dt.datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    deferrals: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[dt.datetime | None]
    failed_at: Mapped[dt.datetime | None]
    cancelled_at: Mapped[dt.datetime | None]
    error: Mapped[str] = mapped_column(String(ERROR_LENGTH), default="")
    failure: Mapped[MailFailure | None]

    @property
    def attachment_mode(self) -> AttachmentMode | None:
        """Way in which it provides an edition's file; None for kinds that provide none."""
        return attachment_mode_of(self.kind, self.parameters)

    @property
    def has_link_fallback(self) -> bool:
        """Return whether a link replaces its attachment, because the server rejected its size."""
        return bool(self.parameters.get(FALLBACK_KEY))

    @property
    def state(self) -> MailState:
        """State of the mail."""
        if self.sent_at:
            return MailState.SENT
        if self.cancelled_at:
            return MailState.CANCELLED
        return MailState.FAILED if self.failed_at else MailState.WAITING

    def send(self, at: dt.datetime) -> None:
        """Mark it as sent, even if it was cancelled while being sent."""
        self.sent_at, self.error, self.failure = at, "", None
        self.failed_at = self.cancelled_at = self.lease_until = None

    def postpone(self, due_at: dt.datetime, reason: str, failure: MailFailure) -> None:
        """Have the mail retried at `due_at`. Unless the server itself failed, this counts as a deferral of the mail."""
        self.deferrals += failure is not MailFailure.SERVER
        self.due_at, self.lease_until, self.error, self.failure = due_at, None, reason[:ERROR_LENGTH], failure

    def fall_back_to_link(self, at: dt.datetime, reason: str) -> None:
        """Retry at once with a link instead of its attachment, which is too large for the server."""
        self.parameters = {**self.parameters, MODE_KEY: str(AttachmentMode.LINK), FALLBACK_KEY: True}
        self.postpone(at, reason, MailFailure.TEMPORARY)

    def fail(self, at: dt.datetime, reason: str) -> None:
        """Mark it as failed, until someone requests a retry."""
        self.failed_at, self.lease_until, self.error, self.failure = at, None, reason[:ERROR_LENGTH], None

    def cancel(self, at: dt.datetime, reason: str) -> None:
        """Cancel it as obsolete."""
        self.cancelled_at, self.lease_until, self.error = at, None, reason[:ERROR_LENGTH]

    def release(self, at: dt.datetime) -> None:
        """Have a cancelled mail sent now."""
        self.requested_at = self.due_at = at
        self.cancelled_at, self.error = None, ""

    def erase(self, mailbox: str, reason: str, at: dt.datetime) -> None:
        """Erase a mail's address and content, cancelling it if it was not sent. `mailbox` is the hash that replaces the address
        where mails are counted."""
        if self.state in (MailState.WAITING, MailState.FAILED):
            self.failed_at = None
            self.cancel(at, reason)
        self.recipient, self.canonical_recipient, self.parameters, self.error = "", mailbox, {}, reason

    def retry(self, at: dt.datetime) -> None:
        """Have a failed mail sent again, as someone requested. Raises CannotRetry unless it failed."""
        if self.state is not MailState.FAILED:
            raise CannotRetry(_("This email did not fail, so there is nothing to retry."))
        self.requested_at = self.due_at = at
        self.failed_at, self.attempts, self.deferrals = None, 0, 0


class MailSuppression(Base):
    """Suppression entry. It outlives the address, of which it holds only a hash.

    `signer_name` is the supposed signer and `domain` the one whose alert it counts for; `acknowledged_at` is when staff
    acknowledged it.
    """

    __tablename__ = "mail_suppression"
    __table_args__ = (Index("ix_mail_suppression_mailbox", "letter_id", "mailbox_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), index=True)
    mailbox_hash: Mapped[str] = mapped_column(String(64))
    reason: Mapped[SuppressionReason]
    signer_name: Mapped[str] = mapped_column(String(300))
    domain: Mapped[str] = mapped_column(String(255), default="")
    suppressed_at: Mapped[dt.datetime]
    acknowledged_at: Mapped[dt.datetime | None]


class Unsubscription(Base):
    """Mailbox that gets no more invitations, reminders and messages of a coalition. It outlives the address, of which it
    holds only a hash."""

    __tablename__ = "unsubscription"
    __table_args__ = (UniqueConstraint("coalition_id", "recipient_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    coalition_id: Mapped[int] = mapped_column(ForeignKey("coalition.id", ondelete="CASCADE"))
    recipient_hash: Mapped[str] = mapped_column(String(64))
    unsubscribed_at: Mapped[dt.datetime]


class CoalitionWording(Base):
    """A coalition's own words in one kind of email about any of its letters, unless the letter has words of its own."""

    __tablename__ = "coalition_wording"

    coalition_id: Mapped[int] = mapped_column(
        ForeignKey("coalition.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    mail: Mapped[WordedMail] = mapped_column(primary_key=True)
    sender_name: Mapped[str] = mapped_column(String(MAX_SENDER_NAME), default="")
    subject: Mapped[str] = mapped_column(String(MAX_SUBJECT))
    text: Mapped[str] = mapped_column(Text)

    @property
    def words(self) -> MailWords:
        """The words as a value."""
        return MailWords(self.subject, self.text, self.sender_name)


class MailWording(Base):
    """A coalition's own words in one kind of email about a letter. `version` counts the changes."""

    __tablename__ = "mail_wording"
    __table_args__ = (UniqueConstraint("letter_id", "mail"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"))
    mail: Mapped[WordedMail]
    sender_name: Mapped[str] = mapped_column(String(MAX_SENDER_NAME), default="")
    subject: Mapped[str] = mapped_column(String(MAX_SUBJECT))
    text: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)

    @property
    def words(self) -> MailWords:
        """The words as a value."""
        return MailWords(self.subject, self.text, self.sender_name)

    def set_words(self, words: MailWords) -> None:
        """Change the words."""
        self.subject, self.text, self.sender_name, self.version = words.subject, words.text, words.sender_name, self.version + 1
