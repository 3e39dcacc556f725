"""Deliveries of an edition: recipient, method and time, the period for undo, and whether its PDF is attached or linked.

See docs/design/mail.md.
"""

import datetime as dt
import enum
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.operations.render_jobs import JobState
from letterhub.domain.states import LETTER_STATE_NAMES, LetterState

ATTACHED = FileFormat.PDF
"""Format that is sent by email."""

DEFAULT_MAIL_LIMIT = 10_000_000
"""Message size in bytes that nearly every mailbox accepts: many take 25 MB, some 10."""

MIN_MAIL_LIMIT, MAX_MAIL_LIMIT = 100_000, 35_000_000
"""Range for the mailbox limit that staff may set: hardly any takes more, and a worker holds the mail in memory."""

COPY_LIMIT = 5_000_000
"""Maximum size in bytes of a mail with one signatory's copy."""

TOTAL_COPIES_LIMIT = 5_000_000_000
"""Maximum bytes of all copies of one delivery together."""

MESSAGE_OVERHEAD = 20_000
"""Maximum bytes of a mail without its file: headers, text and HTML."""

UNPACED_COPIES = 100
"""Number of copies sent without a delay; the others are paced so that other mail is not held up, all within a day."""

MAX_SPREAD = dt.timedelta(days=1)
COPIES_PER_SECOND = 4
BYTES_PER_SECOND = 2_000_000


class AttachmentMode(enum.StrEnum):
    """Way in which a mail provides a file."""

    ATTACHED = "attached"
    LINK = "link"


MODE_KEY = "sent"
"""Key of an outbox line's and an audit entry's facts for how the mail provides its file; the value is stored in old rows."""

FALLBACK_KEY = "instead"
"""Key of the fact that a mail has a link instead of its attachment, because the server rejected its size."""

DEFAULT_ATTACHMENT_MODES = {MailKind.DELIVERY: AttachmentMode.ATTACHED, MailKind.COPY: AttachmentMode.LINK}
"""Kinds of mail that provide a file, with the way each used before lines recorded it."""


def attachment_mode_of(kind: str, facts: Mapping[str, Any]) -> AttachmentMode | None:
    """Return how a mail of a kind provides its file, by the facts of its outbox line; None if it has none."""
    default = DEFAULT_ATTACHMENT_MODES.get(MailKind(kind))
    return AttachmentMode(facts.get(MODE_KEY, default)) if default else None


def mail_size(file: int) -> int:
    """Return the maximum size in bytes of a mail with an attachment of so many bytes: base64, in lines of 76 characters."""
    return MESSAGE_OVERHEAD + -(-file // 3) * 4 + -(-file // 57) * 2


def choose_attachment_mode(file: int, limit: int) -> AttachmentMode:
    """Return how to send a file to a mailbox that accepts mails of `limit` bytes."""
    return AttachmentMode.ATTACHED if mail_size(file) <= limit else AttachmentMode.LINK


def message_size(file: int, mode: AttachmentMode) -> int:
    """Return the maximum size in bytes of a mail that provides a file in this way."""
    return mail_size(file) if mode is AttachmentMode.ATTACHED else MESSAGE_OVERHEAD


@dataclass(frozen=True, slots=True)
class CopyBatch:
    """Copies of a file of `file_size` bytes for `count` signatories."""

    count: int
    file_size: int

    @property
    def attachment_mode(self) -> AttachmentMode:
        """Way in which the copies are sent: attached if each of them and all together are small enough."""
        if self.count * mail_size(self.file_size) > TOTAL_COPIES_LIMIT:
            return AttachmentMode.LINK
        return choose_attachment_mode(self.file_size, COPY_LIMIT)

    @property
    def message_size(self) -> int:
        """Maximum bytes of one mail."""
        return message_size(self.file_size, self.attachment_mode)

    @property
    def total_size(self) -> int:
        """Maximum bytes of all mails."""
        return self.count * self.message_size

    @property
    def max_delay(self) -> dt.timedelta:
        """Delay of the last copy."""
        return self.delay_of(self.count - 1)

    def delay_of(self, place: int) -> dt.timedelta:
        """Return the delay of the copy at a position counted from 0."""
        return bulk_mail_delay(place, self.count, self.message_size)


def bulk_mail_delay(place: int, count: int, size: int = MESSAGE_OVERHEAD) -> dt.timedelta:
    """Return the delay of one of `count` mails of `size` bytes to all signatories; `place`, from 0, is its position.

    The first UNPACED_COPIES have no delay, and the last one has at most MAX_SPREAD.
    """
    interval = max(dt.timedelta(seconds=1 / COPIES_PER_SECOND), dt.timedelta(seconds=size / BYTES_PER_SECOND))
    return max(place + 1 - UNPACED_COPIES, 0) * min(interval, MAX_SPREAD / max(count, 1))


UNDO_PERIOD = dt.timedelta(days=7)
RECIPIENT_LENGTH = 500
MAX_RECIPIENTS = 20
RECEIPT_LENGTH = 1000
REASON_LENGTH = 500


class DeliveryMethod(enum.StrEnum):
    """Method of a delivery."""

    LETTERHUB = "letterhub"  # by an email from here that the recipient's mail server accepted
    EMAIL = "email"
    POST = "post"
    HAND = "hand"
    PORTAL = "portal"


@dataclass(frozen=True, slots=True)
class DeliveryRequest:
    """Delivery as entered: `copies` asks for an email to each signatory. `form_token` is the idempotency key of the form,
    `errata_version` the version hash of the errata that the form showed."""

    recipients: tuple[str, ...]
    method: DeliveryMethod
    delivered_at: dt.datetime
    time_zone: str
    receipt: str = ""
    copies: bool = False
    form_token: str = ""
    errata_version: str = ""


class CannotDeliver(UserFacingError):
    """Raised when an edition cannot be delivered now."""


class CannotUndoDelivery(UserFacingError):
    """Raised when a delivery can no longer be undone."""


def check_deliverable(state: LetterState, files: Collection[JobState]) -> None:
    """Raise CannotDeliver unless a letter in this state may be delivered and all files of the edition are rendered."""
    if state is LetterState.OPEN:
        raise CannotDeliver(_("The letter is still open. Close it first: what is delivered has its final names."))
    if state not in (LetterState.CLOSED, LetterState.DELIVERED):
        raise CannotDeliver(_("This letter is %(state)s, so it can’t be delivered.", state=LETTER_STATE_NAMES[state]))
    if any(file is not JobState.DONE for file in files):
        raise CannotDeliver(_("Some files of this edition aren’t ready. Wait for them, or retry the ones that failed."))


def check_errata_version(displayed: str, current: str) -> None:
    """Raise CannotDeliver if the edition has errata, and `current`, their version, is not the one that the form displayed."""
    if current and displayed != current:
        raise CannotDeliver(
            _("Parts of this edition no longer hold. Read what changed, and check the box to deliver it anyway."),
            field="errata_version",
        )


def check_delivery_time(delivery: DeliveryRequest, frozen_at: dt.datetime, at: dt.datetime) -> None:
    """Raise CannotDeliver for a time in the future, or before the edition was frozen."""
    if delivery.delivered_at > at:
        raise CannotDeliver(_("This time is in the future. Record the delivery once it has happened."), field="day")
    if delivery.delivered_at < frozen_at.replace(second=0, microsecond=0):
        raise CannotDeliver(_("The edition wasn’t frozen yet at this time."), field="day")


def can_be_undone(recorded_at: dt.datetime, undone_at: dt.datetime | None, at: dt.datetime) -> bool:
    """Return whether a delivery is recent enough to be undone if it was recorded by mistake."""
    return undone_at is None and at <= recorded_at + UNDO_PERIOD


def check_undo(recorded_at: dt.datetime, undone_at: dt.datetime | None, at: dt.datetime) -> None:
    """Raise CannotUndoDelivery if it is undone already, or too old to undo."""
    if undone_at is not None:
        raise CannotUndoDelivery(_("This delivery has already been taken back."))
    if not can_be_undone(recorded_at, undone_at, at):
        raise CannotUndoDelivery(
            _(
                "This delivery was recorded more than %(days)s days ago, so it can no longer be taken back.",
                days=UNDO_PERIOD.days,
            )
        )
