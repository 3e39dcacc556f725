"""Policy for sending an edition's PDF attached or as a link: message sizes, mailbox limits, total volume.

See docs/design/mail.md.
"""

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from letterhub.domain.editions.edition import FileFormat
from letterhub.domain.mail.outgoing_mail import MailKind

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
    """Return the delay of one of `count` mails of `size` bytes to all signatories; `place` counts from 0."""
    pace = max(dt.timedelta(seconds=1 / COPIES_PER_SECOND), dt.timedelta(seconds=size / BYTES_PER_SECOND))
    return max(place + 1 - UNPACED_COPIES, 0) * min(pace, MAX_SPREAD / max(count, 1))
