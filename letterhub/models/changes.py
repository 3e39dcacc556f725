"""Tables of substantive changes: the notice with its deadline, and the reply of each signatory."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.domain.changes.replies import NoticeState, ReplyState, SilenceRule
from letterhub.infrastructure.db import Base

RUNNING = text("state = 'running'")


class TextChangeNotice(Base):
    """Notice about the change that made a revision: what silence means, and until when signatories may reply.

    A letter has one that is running at most. `asked_at` is when the change was published; `reminded_at` when those who had not
    replied were reminded before the deadline, None if that is still to come. `silent_count` is how many did not object, known
    since the deadline.
    """

    __tablename__ = "text_change_notice"
    __table_args__ = (
        Index("uq_text_change_notice_running", "letter_id", unique=True, sqlite_where=RUNNING, postgresql_where=RUNNING),
    )

    revision_id: Mapped[int] = mapped_column(
        ForeignKey("revision.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"), index=True)
    rule: Mapped[SilenceRule]
    state: Mapped[NoticeState] = mapped_column(default=NoticeState.RUNNING)
    deadline_at: Mapped[dt.datetime]
    deadline_zone: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[dt.datetime]
    reminded_at: Mapped[dt.datetime | None]
    silent_count: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[dt.datetime | None]


class ChangeReply(Base):
    """Reply of one signatory to a change, WAITING at first.

    `signed_number` is the number of the revision that was signed. `noticed_at` is when the notice was sent, known since the
    deadline.
    """

    __tablename__ = "change_reply"
    __table_args__ = (Index("ix_change_reply_state", "revision_id", "state", "signature_id"),)

    revision_id: Mapped[int] = mapped_column(
        ForeignKey("text_change_notice.revision_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    signature_id: Mapped[int] = mapped_column(
        ForeignKey("signature.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
    state: Mapped[ReplyState] = mapped_column(default=ReplyState.WAITING)
    signed_number: Mapped[int]
    noticed_at: Mapped[dt.datetime | None]
    replied_at: Mapped[dt.datetime | None]
