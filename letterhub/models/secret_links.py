"""Tables of secret links that staff make for others: to a letter's progress page, and to its draft."""

import datetime as dt

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.domain.drafting.comments import MAX_AUTHOR
from letterhub.domain.drafting.draft_links import LABEL_LENGTH as DRAFT_LABEL_LENGTH
from letterhub.domain.progress.progress_links import LABEL_LENGTH as PROGRESS_LABEL_LENGTH
from letterhub.infrastructure.db import Base


class ProgressLink(Base):
    """Secret link to a letter's progress page: `label` says for whom it is. Its token is stored as a hash.

    It works until `expires_at`, None for no limit, or until it was revoked. `use_count` counts the visits of a browser.
    """

    __tablename__ = "progress_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(PROGRESS_LABEL_LENGTH))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[dt.datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    expires_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]
    use_count: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[dt.datetime | None]

    def is_valid_at(self, at: dt.datetime) -> bool:
        """Return whether it works at a moment."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)


class DraftLink(Base):
    """Secret link to a draft: `label` says for whom it is. Its token is stored as a hash.

    It works until `expires_at`, or until it was revoked. `use_count` counts the visits of a browser; `person` is the name last
    typed by it.
    """

    __tablename__ = "draft_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(DRAFT_LABEL_LENGTH))
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
