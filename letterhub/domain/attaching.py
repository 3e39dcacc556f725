"""Whether the PDF of an edition goes out attached or as a link: what a mail weighs, a mailbox takes, all copies may."""

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from letterhub.domain.editions import Format
from letterhub.domain.mails import MailKind

ATTACHED = Format.PDF
"""What goes out by email."""

USUAL_LIMIT = 10_000_000
"""Bytes of a mail that nearly every mailbox takes: many take 25 MB, some 10."""

SMALLEST_LIMIT, LARGEST_LIMIT = 100_000, 35_000_000
"""Between these staff may say what a mailbox takes: hardly any takes more, and a worker holds a mail in memory to send it."""

COPY_LIMIT = 5_000_000
"""Bytes of a mail with the copy of one signatory."""

COPIES_LIMIT = 5_000_000_000
"""Bytes of all copies together: what a mail server may be asked to pass on for one delivery."""

WORDS = 20_000
"""Bytes of a mail without its file, at most: its head, its text and its HTML."""

AT_ONCE = 100
"""So many copies leave as soon as they can; the others at a pace that leaves other mail its turn, and all within a day."""

LAST_LEAVES = dt.timedelta(days=1)
COPIES_A_SECOND = 4
BYTES_A_SECOND = 2_000_000


class Brought(enum.StrEnum):
    """How a mail brings a file."""

    ATTACHED = "attached"
    LINK = "link"


HOW = "sent"
"""The fact, of a line of the outbox and of the record, that says how a mail brings its file: a word that stands in old rows."""

INSTEAD = "instead"
"""The fact of a line whose mail brings a link in the place of the file that it was to bring: its server took none so large."""

BRINGING = {MailKind.DELIVERY: Brought.ATTACHED, MailKind.COPY: Brought.LINK}
"""The kinds of mail that bring a file, and how each did before lines said so."""


def brought_by(kind: str, facts: Mapping[str, Any]) -> Brought | None:
    """How a mail of a kind brings its file, by the facts of its line; None where it brings none."""
    before = BRINGING.get(MailKind(kind))
    return Brought(facts.get(HOW, before)) if before else None


def mail_size(file: int) -> int:
    """The most bytes that a mail has with a file of so many attached: four for three, in lines of 76 and their ends."""
    return WORDS + -(-file // 3) * 4 + -(-file // 57) * 2


def brought_as(file: int, limit: int) -> Brought:
    """How a file goes to a mailbox that takes mails of so many bytes."""
    return Brought.ATTACHED if mail_size(file) <= limit else Brought.LINK


def size_brought(file: int, brought: Brought) -> int:
    """The most bytes that a mail has which brings a file so."""
    return mail_size(file) if brought is Brought.ATTACHED else WORDS


@dataclass(frozen=True, slots=True)
class Copies:
    """The copies of a file of so many bytes for so many signatories."""

    count: int
    file: int

    @property
    def brought(self) -> Brought:
        """How they bring it: attached where each of them and all together are small enough."""
        if self.count * mail_size(self.file) > COPIES_LIMIT:
            return Brought.LINK
        return brought_as(self.file, COPY_LIMIT)

    @property
    def each(self) -> int:
        """Bytes of one mail, at most."""
        return size_brought(self.file, self.brought)

    @property
    def together(self) -> int:
        """Bytes of all mails, at most."""
        return self.count * self.each

    @property
    def last(self) -> dt.timedelta:
        """How long it takes until the last one may leave."""
        return self.leaves(self.count - 1)

    def leaves(self, place: int) -> dt.timedelta:
        """How long the copy at a place, counted from 0, waits for its turn."""
        return leaves(place, self.count, self.each)


def leaves(place: int, count: int, size: int = WORDS) -> dt.timedelta:
    """How long one of so many mails of so many bytes to all signatories waits: its place is counted from 0."""
    pace = max(dt.timedelta(seconds=1 / COPIES_A_SECOND), dt.timedelta(seconds=size / BYTES_A_SECOND))
    return max(place + 1 - AT_ONCE, 0) * min(pace, LAST_LEAVES / max(count, 1))
