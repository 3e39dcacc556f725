"""The outbox: a mail is written down in the same transaction as the change it tells of, and sent later by the worker.

So no change is kept whose mail is lost, and no mail leaves for a change that was undone. A line holds the facts and not the
message: it is composed when it is sent, and the link in it is made only then.
"""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.db import Base


class OutboxLine(Base):
    """One mail to one recipient. Neither `sent_at` nor `failed_at`: it waits until `due_at`.

    `lease_until` is set while a worker has it; past that, another may take it. `message_id` stays the same for every try.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_waiting", "sent_at", "failed_at", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    coalition_id: Mapped[int | None] = mapped_column(ForeignKey("coalition.id"), index=True)
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"))
    signature_id: Mapped[int | None] = mapped_column(ForeignKey("signature.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    recipient: Mapped[str] = mapped_column(String(255))
    facts: Mapped[dict[str, Any]]
    message_id: Mapped[str] = mapped_column(String(255), unique=True)
    created_at: Mapped[dt.datetime]
    due_at: Mapped[dt.datetime]
    lease_until: Mapped[dt.datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[dt.datetime | None]
    failed_at: Mapped[dt.datetime | None]
    error: Mapped[str] = mapped_column(String(500), default="")
