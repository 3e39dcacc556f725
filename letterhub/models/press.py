"""Tables around a letter's release: its press page with quotes, recipients' replies, sent messages."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from letterhub.domain.mail.mail_words import MAX_SENDER_NAME, MAX_SUBJECT, MailWords
from letterhub.domain.press.press_page import MAX_HEADLINE, PressContact
from letterhub.domain.press.quotes import MAX_QUOTE, QuoteState
from letterhub.domain.press.replies import MAX_FILE_NAME, MAX_REASON, MAX_SENDER
from letterhub.infrastructure.db import Base


class PressPage(Base):
    """Press page of a letter. It is public from `release_at` on; while that is None, for holders of its links alone.

    `release_zone` is the IANA zone that the hour is shown in.
    `facts` are sentences, `contacts` have name, email and phone. `version` counts the saves, for optimistic concurrency.
    """

    __tablename__ = "press_page"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    headline: Mapped[str] = mapped_column(String(MAX_HEADLINE))
    statement: Mapped[str] = mapped_column(Text)
    facts: Mapped[list[Any]]
    contacts: Mapped[list[Any]]
    announcement: Mapped[str] = mapped_column(Text, default="")
    release_at: Mapped[dt.datetime | None]
    release_zone: Mapped[str] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[dt.datetime]
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))

    @property
    def press_contacts(self) -> tuple[PressContact, ...]:
        """Contacts for the press as values."""
        return tuple(PressContact(**contact) for contact in self.contacts)


class PressQuote(Base):
    """Quote of a signatory, who is asked to approve exactly these words: other words are another quote.

    `consent` is what was shown when it was approved, as JSON, and `sha256` its fingerprint; {} and "" before.
    """

    __tablename__ = "press_quote"

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"), index=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(String(MAX_QUOTE))
    state: Mapped[QuoteState] = mapped_column(default=QuoteState.ASKED)
    asked_at: Mapped[dt.datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    decided_at: Mapped[dt.datetime | None]
    consent: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64), default="")

    def move(self, state: QuoteState, at: dt.datetime) -> None:
        """Set the state that a decision led to, and when."""
        self.state, self.decided_at = state, at


class Reply(Base):
    """Reply of a letter's recipient: its text, or its PDF, or both. `mailed_at` is when signatories were emailed about it."""

    __tablename__ = "reply"

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"), index=True)
    sender: Mapped[str] = mapped_column(String(MAX_SENDER))
    received_on: Mapped[dt.date]
    text: Mapped[str] = mapped_column(Text, default="")
    file_name: Mapped[str] = mapped_column(String(MAX_FILE_NAME), default="")
    file_size: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    version: Mapped[int] = mapped_column(default=1)
    recorded_at: Mapped[dt.datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    mailed_at: Mapped[dt.datetime | None]
    mailed_count: Mapped[int] = mapped_column(default=0)
    retracted_at: Mapped[dt.datetime | None]
    retract_reason: Mapped[str] = mapped_column(String(MAX_REASON), default="")
    idempotency_key: Mapped[str | None] = mapped_column(String(64), unique=True)


class SignatoryMessage(Base):
    """Message that was sent to all signatories of a letter, at most one on a day in the letter's zone.

    `left_out` counts the signatories who got none, by reason.
    """

    __tablename__ = "signatory_message"
    __table_args__ = (UniqueConstraint("letter_id", "sent_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"))
    sender_name: Mapped[str] = mapped_column(String(MAX_SENDER_NAME), default="")
    subject: Mapped[str] = mapped_column(String(MAX_SUBJECT))
    text: Mapped[str] = mapped_column(Text)
    recipients: Mapped[int]
    left_out: Mapped[dict[str, Any]]
    sent_at: Mapped[dt.datetime]
    sent_on: Mapped[dt.date]
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))

    @property
    def words(self) -> MailWords:
        """The words as a value."""
        return MailWords(self.subject, self.text, self.sender_name)


def end_quotes(session: Session, signature_id: int, at: dt.datetime) -> None:
    """End the quotes of a signature that its signatory withdrew, or its organization denied: if the name returns, they were
    approved by somebody who may not speak for it, and are asked for anew."""
    quotes = update(PressQuote).where(
        PressQuote.signature_id == signature_id, PressQuote.state.in_((QuoteState.ASKED, QuoteState.APPROVED))
    )
    session.execute(quotes.values(state=QuoteState.WITHDRAWN, decided_at=at))
