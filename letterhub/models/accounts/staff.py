"""Staff accounts, and their memberships in coalitions."""

import datetime as dt
from typing import Any

from flask_security.core import UserMixin
from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from letterhub.domain.accounts.roles import AlreadyJoined, Role
from letterhub.domain.i18n import _
from letterhub.infrastructure.db import Base
from letterhub.models.accounts.coalition import Coalition


class Staff(Base, UserMixin):
    """Account of a person. The columns from `password` on are named and written by Flask-Security."""

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
    tf_last_counter: Mapped[int | None]  # number of the half-minute since 1970 of the last accepted code
    mf_recovery_codes: Mapped[list[Any] | None] = mapped_column(MutableList.as_mutable(JSON))  # used ones are removed in place

    memberships: Mapped[list["Membership"]] = relationship(back_populates="staff", lazy="raise")

    def end_sessions(self, uniquifier: str) -> None:
        """Invalidate all sessions, which hold the account's uniquifier."""
        self.fs_uniquifier = uniquifier

    def set_two_factor(self, method: str, secret: str) -> None:
        """Set the two-factor app, whose code was just verified."""
        self.tf_primary_method, self.tf_totp_secret = method, secret

    def disable_two_factor(self) -> None:
        """Turn off two-factor authentication, with its recovery codes."""
        self.tf_primary_method = self.tf_totp_secret = self.tf_last_counter = self.mf_recovery_codes = None

    def accept_code(self, counter: int) -> bool:
        """Accept a code if it is newer than the last accepted one; False otherwise."""
        if self.tf_last_counter is not None and counter <= self.tf_last_counter:
            return False
        self.tf_last_counter = counter
        return True

    def use_recovery_code(self, stored_code: str) -> bool:
        """Remove a recovery code, given as stored; False if it was used before."""
        if stored_code not in (self.mf_recovery_codes or ()):
            return False
        self.mf_recovery_codes = [code for code in self.mf_recovery_codes or () if code != stored_code]
        return True

    def set_credentials(self, name: str, password_hash: str) -> None:
        """Set the name and password of an invited account."""
        self.name, self.password = name, password_hash


class Membership(Base):
    """Role of an account in a coalition. `joined_at` is None until the invitation is accepted."""

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

    def join(self, at: dt.datetime) -> None:
        """Accept the invitation. Raises AlreadyJoined."""
        if self.joined_at is not None:
            raise AlreadyJoined(_("You have already joined. Sign in to continue."))
        self.joined_at = at

    def invite_again(self, at: dt.datetime) -> None:
        """Renew the invitation. Raises AlreadyJoined."""
        if self.joined_at is not None:
            raise AlreadyJoined(_("This person has already joined, so there is no invitation to send."))
        self.invited_at = at
