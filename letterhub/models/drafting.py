"""Tables of drafting with partners: secret links to a draft, and comments on it. See docs/design/drafting.md."""

import datetime as dt

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.domain.drafting.comments import MAX_AUTHOR, MAX_WORDS_QUOTED
from letterhub.domain.drafting.draft_links import LABEL_LENGTH
from letterhub.infrastructure.db import Base


class DraftLink(Base):
    """Secret link to a draft: `label` says for whom it is. Its token is stored as a hash.

    It works until `expires_at`, or until it was revoked. `use_count` counts the visits of a browser; `person` is the name last
    typed by it.
    """

    __tablename__ = "draft_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(LABEL_LENGTH))
    may_comment: Mapped[bool]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[dt.datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    expires_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]
    use_count: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[dt.datetime | None]
    person: Mapped[str] = mapped_column(String(MAX_AUTHOR), default="")

    def is_valid_at(self, at: dt.datetime) -> bool:
        """Return whether it works at a moment."""
        return self.revoked_at is None and at < self.expires_at


class DraftComment(Base):
    """Comment on a draft, or a reply to the comment `thread_id`. By the holder of a link, or by staff if `link_id` is None.

    `author` is a name as typed, or of a member of staff. `paragraph` and `words` are the passage as it was; both are "" for the
    whole letter and in replies. `resolved_at` and `resolved_by` are those of its thread.
    """

    __tablename__ = "draft_comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"), index=True)
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("draft_comment.id", ondelete="CASCADE"), index=True)
    link_id: Mapped[int | None] = mapped_column(ForeignKey("draft_link.id", ondelete="CASCADE"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    author: Mapped[str] = mapped_column(String(MAX_AUTHOR))
    text: Mapped[str] = mapped_column(Text)
    paragraph: Mapped[str] = mapped_column(Text, default="")
    words: Mapped[str] = mapped_column(String(MAX_WORDS_QUOTED), default="")
    written_at: Mapped[dt.datetime]
    resolved_at: Mapped[dt.datetime | None]
    resolved_by: Mapped[str] = mapped_column(String(MAX_AUTHOR), default="")
