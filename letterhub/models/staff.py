"""Staff: people who sign in, and the coalitions that each of them works for."""

import datetime as dt
from typing import Any

from flask_security.core import UserMixin
from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from letterhub.db import Base
from letterhub.domain.roles import Role
from letterhub.models.coalition import Coalition


class Staff(Base, UserMixin):  # type: ignore[misc]
    """A person with an account. The columns from `password` on are named and written by Flask-Security."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(255), unique=True)
    created_at: Mapped[dt.datetime]
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    mf_recovery_codes: Mapped[list[Any] | None]

    memberships: Mapped[list["Membership"]] = relationship(back_populates="staff", lazy="raise")

    def end_sessions(self, uniquifier: str) -> None:
        """Sessions hold the account's uniquifier: with another one, none of them is good any more."""
        self.fs_uniquifier = uniquifier


class Membership(Base):
    """One person's role in one coalition. `joined_at` is empty until the invitation is accepted."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("staff_id", "coalition_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    coalition_id: Mapped[int] = mapped_column(ForeignKey("coalition.id", ondelete="CASCADE"), index=True)
    role: Mapped[Role]
    invited_at: Mapped[dt.datetime]
    joined_at: Mapped[dt.datetime | None]

    staff: Mapped[Staff] = relationship(back_populates="memberships", lazy="raise")
    coalition: Mapped[Coalition] = relationship(lazy="raise")
