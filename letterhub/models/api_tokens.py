"""Tables of the API: tokens of programs, and writes with an idempotency key."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.domain.accounts.api_tokens import MAX_KEY_LENGTH, NAME_LENGTH
from letterhub.infrastructure.db import Base


class ApiToken(Base):
    """Token of a program in a coalition. The program holds the secret, the row its hash and last characters as a `hint`.

    It works until `expires_at` or until it is revoked, and as long as its maker owns the coalition. `used_at` is to the minute.
    """

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    coalition_id: Mapped[int] = mapped_column(ForeignKey("coalition.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    hint: Mapped[str] = mapped_column(String(4))
    scopes: Mapped[list[Any]]
    created_at: Mapped[dt.datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]


class ApiWrite(Base):
    """Write of a program with its idempotency key: `status` and `answer` are empty until it is done."""

    __tablename__ = "api_write"
    __table_args__ = (UniqueConstraint("token_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_id: Mapped[int] = mapped_column(ForeignKey("api_token.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(MAX_KEY_LENGTH))
    fingerprint: Mapped[str] = mapped_column(String(64))
    started_at: Mapped[dt.datetime] = mapped_column(index=True)
    status: Mapped[int | None]
    answer: Mapped[str] = mapped_column(Text, default="")
