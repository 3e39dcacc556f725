"""Policy for sending an edition's PDF attached or as a link: message sizes, mailbox limits, total volume.

See docs/design/mail.md.
"""

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from letterhub.domain.editions.edition import Format
from letterhub.domain.mail.outgoing_mail import MailKind

ATTACHED = Format.PDF
"""Format that is sent by email."""

USUAL_LIMIT = 10_000_000
"""Message size in bytes that nearly every mailbox accepts: many take 25 MB, some 10."""

SMALLEST_LIMIT, LARGEST_LIMIT = 100_000, 35_000_000
"""Range for the mailbox limit that staff may set: hardly any takes more, and a worker holds the mail in memory."""

COPY_LIMIT = 5_000_000
"""Maximum size in bytes of a mail with one signatory's copy."""

COPIES_LIMIT = 5_000_000_000
"""Maximum bytes of all copies of one delivery together."""

WORDS = 20_000
"""Maximum bytes of a mail without its file: headers, text and HTML."""

AT_ONCE = 100
"""Number of copies sent without a delay; the others are paced so that other mail is not held up, all within a day."""

LAST_LEAVES = dt.timedelta(days=1)
COPIES_A_SECOND = 4
BYTES_A_SECOND = 2_000_000


class Brought(enum.StrEnum):
    """Way in which a mail provides a file."""

    ATTACHED = "attached"
    LINK = "link"


HOW = "sent"
"""Key of an outbox line's and an audit entry's facts for how the mail provides its file; the value is stored in old rows."""

INSTEAD = "instead"
"""Key of the fact that a mail has a link instead of its attachment, because the server rejected its size."""

BRINGING = {MailKind.DELIVERY: Brought.ATTACHED, MailKind.COPY: Brought.LINK}
"""Kinds of mail that provide a file, with the way each used before lines recorded it."""


def brought_by(kind: str, facts: Mapping[str, Any]) -> Brought | None:
    """Return how a mail of a kind provides its file, by the facts of its outbox line; None if it has none."""
    before = BRINGING.get(MailKind(kind))
    return Brought(facts.get(HOW, before)) if before else None


def mail_size(file: int) -> int:
    """Return the maximum size in bytes of a mail with an attachment of so many bytes: base64, in lines of 76 characters."""
    return WORDS + -(-file // 3) * 4 + -(-file // 57) * 2


def brought_as(file: int, limit: int) -> Brought:
    """Return how to send a file to a mailbox that accepts mails of `limit` bytes."""
    return Brought.ATTACHED if mail_size(file) <= limit else Brought.LINK


def size_brought(file: int, brought: Brought) -> int:
    """Return the maximum size in bytes of a mail that provides a file in this way."""
    return mail_size(file) if brought is Brought.ATTACHED else WORDS


@dataclass(frozen=True, slots=True)
class Copies:
    """Copies of a file of `file` bytes for `count` signatories."""

    count: int
    file: int

    @property
    def brought(self) -> Brought:
        """Way in which the copies are sent: attached if each of them and all together are small enough."""
        if self.count * mail_size(self.file) > COPIES_LIMIT:
            return Brought.LINK
        return brought_as(self.file, COPY_LIMIT)

    @property
    def each(self) -> int:
        """Maximum bytes of one mail."""
        return size_brought(self.file, self.brought)

    @property
    def together(self) -> int:
        """Maximum bytes of all mails."""
        return self.count * self.each

    @property
    def last(self) -> dt.timedelta:
        """Delay of the last copy."""
        return self.leaves(self.count - 1)

    def leaves(self, place: int) -> dt.timedelta:
        """Return the delay of the copy at a position counted from 0."""
        return leaves(place, self.count, self.each)


def leaves(place: int, count: int, size: int = WORDS) -> dt.timedelta:
    """Return the delay of one of `count` mails of `size` bytes to all signatories; `place` counts from 0."""
    pace = max(dt.timedelta(seconds=1 / COPIES_A_SECOND), dt.timedelta(seconds=size / BYTES_A_SECOND))
    return max(place + 1 - AT_ONCE, 0) * min(pace, LAST_LEAVES / max(count, 1))
