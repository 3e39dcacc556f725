"""The outbox: a mail is written down in the same transaction as the change it tells of, and sent later by the worker.

So no change is kept whose mail is lost, and no mail leaves for a change that was undone. A line holds the facts and not the
message: it is composed when it is sent, and the link in it is made only then.
"""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.db import Base
from letterhub.domain.attaching import HOW, INSTEAD, Brought, brought_by
from letterhub.domain.mails import CannotRetry, MailState, Precedence, Trouble

WAITING = text("sent_at IS NULL AND failed_at IS NULL AND cancelled_at IS NULL")
FAILED = text("failed_at IS NOT NULL")
ERROR_LENGTH = 500


class OutboxLine(Base):
    """One mail to one recipient. While it is not sent, failed or cancelled, it waits until `due_at`.

    `lease_until` is set while a worker has it; past that, another may take it. `message_id` stays the same for every try.
    `asked_at` is when sending was last asked for: what is given up, is given up some days after it.
    `deferrals` counts the tries that ended in trouble with this mail, which set how long it waits for the next; those that
    found the server away are no fault of it. `trouble` is why the last try of a mail that still waits did not succeed.
    `mailbox` is what the spellings of one recipient share, by which mail to it is counted.
    `precedence` is what its kind had when it was posted: of mails that are due, those of the least number go first.
    The first two indexes hold waiting and failed lines alone, so that a year of sent mail costs the worker nothing.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_waiting", "precedence", "due_at", "id", sqlite_where=WAITING, postgresql_where=WAITING),
        Index("ix_outbox_failed", "failed_at", sqlite_where=FAILED, postgresql_where=FAILED),
        Index("ix_outbox_mailbox", "mailbox", "created_at"),
        Index("ix_outbox_letter", "letter_id", "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    coalition_id: Mapped[int | None] = mapped_column(ForeignKey("coalition.id"), index=True)
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"))
    signature_id: Mapped[int | None] = mapped_column(ForeignKey("signature.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    precedence: Mapped[int] = mapped_column(SmallInteger, default=Precedence.AWAITED)
    recipient: Mapped[str] = mapped_column(String(255))
    mailbox: Mapped[str] = mapped_column(String(255), default="")
    facts: Mapped[dict[str, Any]]
    message_id: Mapped[str] = mapped_column(String(255), unique=True)
    created_at: Mapped[dt.datetime]
    asked_at: Mapped[dt.datetime]
    due_at: Mapped[dt.datetime]
    lease_until: Mapped[dt.datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    deferrals: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[dt.datetime | None]
    failed_at: Mapped[dt.datetime | None]
    cancelled_at: Mapped[dt.datetime | None]
    error: Mapped[str] = mapped_column(String(ERROR_LENGTH), default="")
    trouble: Mapped[Trouble | None]

    @property
    def brought(self) -> Brought | None:
        """How it brings the file of an edition; None where it is of a kind that brings none."""
        return brought_by(self.kind, self.facts)

    @property
    def brings_link_instead(self) -> bool:
        """Whether it was to bring the file attached, and its server took no mail so large."""
        return bool(self.facts.get(INSTEAD))

    @property
    def state(self) -> MailState:
        """How the mail stands."""
        if self.sent_at:
            return MailState.SENT
        if self.cancelled_at:
            return MailState.CANCELLED
        return MailState.FAILED if self.failed_at else MailState.WAITING

    def send(self, at: dt.datetime) -> None:
        """The mail server has it, whatever was decided while it was on its way."""
        self.sent_at, self.error, self.trouble = at, "", None
        self.failed_at = self.cancelled_at = self.lease_until = None

    def postpone(self, due_at: dt.datetime, why: str, trouble: Trouble) -> None:
        """It is tried again at `due_at`."""
        self.deferrals += trouble is not Trouble.SERVER
        self.due_at, self.lease_until, self.error, self.trouble = due_at, None, why[:ERROR_LENGTH], trouble

    def link_instead(self, at: dt.datetime, why: str) -> None:
        """It is too large for its server: it is tried at once with a link in the place of its file."""
        self.facts = {**self.facts, HOW: str(Brought.LINK), INSTEAD: True}
        self.postpone(at, why, Trouble.LATER)

    def fail(self, at: dt.datetime, why: str) -> None:
        """It is given up, until someone asks for another try."""
        self.failed_at, self.lease_until, self.error, self.trouble = at, None, why[:ERROR_LENGTH], None

    def cancel(self, at: dt.datetime, why: str) -> None:
        """Its occasion has passed: it is never sent."""
        self.cancelled_at, self.lease_until, self.error = at, None, why[:ERROR_LENGTH]

    def release(self, at: dt.datetime) -> None:
        """What kept it back is over: it is sent after all."""
        self.asked_at = self.due_at = at
        self.cancelled_at, self.error = None, ""

    def forget(self, mailbox: str, why: str, at: dt.datetime) -> None:
        """Its address is erased, so that it cannot be sent any more; `mailbox` is the fingerprint by which it is counted."""
        if self.state in (MailState.WAITING, MailState.FAILED):
            self.failed_at = None
            self.cancel(at, why)
        self.recipient, self.mailbox, self.facts, self.error = "", mailbox, {}, why

    def retry(self, at: dt.datetime) -> None:
        """Someone asks for another try; raises CannotRetry unless it failed."""
        if self.state is not MailState.FAILED:
            raise CannotRetry("This email did not fail: there is nothing to try again.")
        self.asked_at = self.due_at = at
        self.failed_at, self.attempts, self.deferrals = None, 0, 0
