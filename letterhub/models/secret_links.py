"""Tables of secret links that staff make for others, and of what they and staff do with a draft: comments,
suggestions, agreement, writing at once."""

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, String, Text, UniqueConstraint, and_, false, or_
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.domain.drafting.comments import MAX_AUTHOR, MAX_WORDS_QUOTED
from letterhub.domain.drafting.suggestions import SuggestedChange, SuggestionKind, SuggestionState
from letterhub.domain.invitations.contact import MAX_NAME
from letterhub.domain.links.secret_links import LABEL_LENGTH, LinkKind, LinkPermission
from letterhub.infrastructure.db import Base


class SecretLink(Base):
    """Secret link to a page of a letter: `label` says for whom it is. Its token is stored as a hash.

    It works until `expires_at`, None for no limit, or until it was revoked. `use_count` counts the visits of a browser;
    `person` is the name last typed by the link.
    """

    __tablename__ = "secret_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"), index=True)
    kind: Mapped[LinkKind]
    permission: Mapped[LinkPermission] = mapped_column(default=LinkPermission.READ)
    label: Mapped[str] = mapped_column(String(LABEL_LENGTH))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[dt.datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    expires_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]
    use_count: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[dt.datetime | None]
    person: Mapped[str] = mapped_column(String(MAX_AUTHOR), default="")

    def is_valid_at(self, at: dt.datetime) -> bool:
        """Return whether it works at a moment."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)

    @classmethod
    def works_at(cls, at: dt.datetime) -> ColumnElement[bool]:
        """Return the same as a condition of a query."""
        return and_(cls.revoked_at.is_(None), or_(cls.expires_at.is_(None), cls.expires_at > at))


class SignOff(Base):
    """Request to a lead organization to agree to a draft's text, and the text that it agreed to.

    `asked_sha256` is the hash of the text that the last email was about, `agreed_sha256` that of `agreed_text`, "" before; both
    are as a revision's. `consent` is what the page showed. The link is signed and not stored: it works until the row is
    deleted. `use_count` counts the visits of a browser. `email` is "" once the letter opened; `person`, `title` and `consent`
    are empty once they were erased.
    """

    __tablename__ = "sign_off"
    __table_args__ = (UniqueConstraint("letter_id", "mailbox_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"))
    organization: Mapped[str] = mapped_column(String(MAX_NAME))
    person: Mapped[str] = mapped_column(String(MAX_NAME))
    title: Mapped[str] = mapped_column(String(MAX_NAME), default="")
    email: Mapped[str] = mapped_column(String(255))
    mailbox_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[dt.datetime]
    asked_at: Mapped[dt.datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    asked_sha256: Mapped[str] = mapped_column(String(64))
    use_count: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[dt.datetime | None]
    agreed_at: Mapped[dt.datetime | None]
    agreed_sha256: Mapped[str] = mapped_column(String(64), default="")
    agreed_text: Mapped[dict[str, Any]] = mapped_column(default=dict)
    consent: Mapped[dict[str, Any]] = mapped_column(default=dict)

    def erase(self) -> None:
        """Erase who was asked; what the organization agreed to stays."""
        self.email = self.person = self.title = ""
        self.consent = {}


class DraftComment(Base):
    """Comment on a draft, or a reply to the comment `thread_id`. By the holder of a link, or by staff if `link_id` is None.

    With `is_from_word` it came by a Word file that `staff_id` brought back, and `author` is the name in the file; otherwise it
    is a name as typed, or of a member of staff. `paragraph` and `words` are the passage as it was; both are "" for the
    whole letter and in replies. `resolved_at` and `resolved_by` are those of its thread: a member of staff, or for whom the
    link is that settled it.
    """

    __tablename__ = "draft_comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"), index=True)
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("draft_comment.id", ondelete="CASCADE"), index=True)
    link_id: Mapped[int | None] = mapped_column(ForeignKey("secret_link.id", ondelete="CASCADE"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    author: Mapped[str] = mapped_column(String(MAX_AUTHOR))
    text: Mapped[str] = mapped_column(Text)
    paragraph: Mapped[str] = mapped_column(Text, default="")
    words: Mapped[str] = mapped_column(String(MAX_WORDS_QUOTED), default="")
    written_at: Mapped[dt.datetime]
    resolved_at: Mapped[dt.datetime | None]
    resolved_by: Mapped[str] = mapped_column(String(MAX_AUTHOR), default="")
    is_from_word: Mapped[bool] = mapped_column(default=False, server_default=false())


class DraftSuggestion(Base):
    """Change of a draft's paragraph suggested by the holder of a link: no part of the letter until staff accept it.

    Without a link it came by a Word file that `staff_id` brought back, and `author` is the name in the file.

    `was` is the paragraph's Markdown, at `number` in `draft_version` of the text; `content` is the new Markdown, "" to leave it
    out. `decided_by` is who accepted, rejected or withdrew it.
    """

    __tablename__ = "draft_suggestion"

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"), index=True)
    link_id: Mapped[int | None] = mapped_column(ForeignKey("secret_link.id", ondelete="CASCADE"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    author: Mapped[str] = mapped_column(String(MAX_AUTHOR))
    kind: Mapped[SuggestionKind]
    draft_version: Mapped[int]
    number: Mapped[int]
    was: Mapped[str] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    suggested_at: Mapped[dt.datetime]
    state: Mapped[SuggestionState] = mapped_column(default=SuggestionState.OPEN)
    decided_at: Mapped[dt.datetime | None]
    decided_by: Mapped[str] = mapped_column(String(MAX_AUTHOR), default="")

    @property
    def change(self) -> SuggestedChange:
        """Change as it was suggested."""
        return SuggestedChange(self.kind, self.number, self.was, self.content)

    def decide(self, state: SuggestionState, by: str, at: dt.datetime) -> None:
        """Set what became of it."""
        self.state, self.decided_by, self.decided_at = state, by, at


class WritingSession(Base):
    """Document that several members of staff edit at once; there is none while nobody writes on the sheet.

    `key` tells it from earlier ones of the letter. `version` counts the steps that were taken. `document` is the one at
    `settled_version`, whose text is the draft's. Steps up to `folded_version` are not stored any more.
    """

    __tablename__ = "writing_session"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(32))
    version: Mapped[int] = mapped_column(default=0)
    document: Mapped[dict[str, Any]]
    settled_version: Mapped[int] = mapped_column(default=0)
    folded_version: Mapped[int] = mapped_column(default=0)


class WritingStep(Base):
    """Step that led a session's document to `version`. `client` is the page that sent it, "" for the server."""

    __tablename__ = "writing_step"

    letter_id: Mapped[int] = mapped_column(ForeignKey("writing_session.letter_id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    client: Mapped[str] = mapped_column(String(40))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    step: Mapped[dict[str, Any]]
    taken_at: Mapped[dt.datetime]


class WritingAuthor(Base):
    """Page on which a member of staff writes: its selection, as positions of the document at `version`."""

    __tablename__ = "writing_author"

    letter_id: Mapped[int] = mapped_column(ForeignKey("writing_session.letter_id", ondelete="CASCADE"), primary_key=True)
    client: Mapped[str] = mapped_column(String(40), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    anchor: Mapped[int] = mapped_column(default=0)
    head: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[dt.datetime]
    typed_at: Mapped[dt.datetime | None]
