"""Tables of accounts: coalitions, their branding defaults and former slugs; staff, their memberships and login sessions; tokens
of programs, and their writes with an idempotency key."""

import datetime as dt
import secrets
from hashlib import sha256
from typing import Any

from flask_security.core import UserMixin
from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint, delete, false
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from letterhub.domain.accounts.api_tokens import MAX_KEY_LENGTH, NAME_LENGTH
from letterhub.domain.accounts.roles import AlreadyJoined, Role
from letterhub.domain.accounts.sign_in import SignInMethod
from letterhub.domain.i18n import _
from letterhub.domain.letters.branding import DEFAULT_ACCENT, BrandingDefaults, layout_from_facts, layout_to_facts
from letterhub.domain.letters.letter_document import PaperSize, Theme, Typeface
from letterhub.infrastructure.db import Base


class Coalition(Base):
    """Coalition, to which everything else belongs.

    `letterhead_lines` holds the lines of its letterhead; `accent`, a color as #rrggbb, `theme`, `face`, `paper` and `layout`,
    the choices that differ from our own, are defaults of new letters. `contact_email` is the Reply-To address of mail about its
    letters; "" for none. `closed_to_letters_at` is when the site's operator closed it to new letters. With `provider_only`, its
    pages open only to who signed in by the identity provider; with `invitation_only`, nobody joins by a group there.
    `embed_sites` holds the origins of the websites that may show its letters in a frame.
    """

    __tablename__ = "coalition"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    letterhead_lines: Mapped[list[Any]] = mapped_column(default=list)
    accent: Mapped[str] = mapped_column(String(7), default=DEFAULT_ACCENT)
    theme: Mapped[Theme] = mapped_column(default=Theme.CLASSIC)
    face: Mapped[Typeface] = mapped_column(default=Typeface.THEME)
    paper: Mapped[PaperSize] = mapped_column(default=PaperSize.LETTER)
    layout: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    contact_email: Mapped[str] = mapped_column(String(254), default="", server_default="")
    provider_only: Mapped[bool] = mapped_column(default=False)
    invitation_only: Mapped[bool] = mapped_column(default=False, server_default=false())
    embed_sites: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    created_at: Mapped[dt.datetime]
    closed_to_letters_at: Mapped[dt.datetime | None]

    @property
    def branding(self) -> BrandingDefaults:
        """Branding defaults of its letters."""
        accent, lines = "" if self.accent == DEFAULT_ACCENT else self.accent, tuple(self.letterhead_lines)
        layout = layout_from_facts(self.layout)
        return BrandingDefaults(self.name, lines, self.theme, self.face, accent, self.paper, **layout)

    def set_branding(self, branding: BrandingDefaults) -> None:
        """Set the branding defaults."""
        self.letterhead_lines, self.accent = list(branding.lines), branding.accent or DEFAULT_ACCENT
        self.theme, self.face, self.paper = branding.theme, branding.face, branding.paper
        self.layout = layout_to_facts(branding)


class FormerSlug(Base):
    """Slug that a coalition had before: its addresses still lead to it."""

    __tablename__ = "former_slug"

    slug: Mapped[str] = mapped_column(String(80), primary_key=True)
    coalition_id: Mapped[int] = mapped_column(ForeignKey("coalition.id", ondelete="CASCADE"), index=True)


class LoginSession(Base):
    """Login session. The browser's cookie holds a key; the row holds only its hash."""

    __tablename__ = "login_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    started_at: Mapped[dt.datetime] = mapped_column(index=True)
    method: Mapped[SignInMethod] = mapped_column(default=SignInMethod.PASSWORD)


def hash_session_key(key: str) -> str:
    """Return the hash of a session key; one round of SHA-256 suffices, as the key is random."""
    return sha256(key.encode()).hexdigest()


def end_login_sessions(session: Session, staff_id: int) -> None:
    """End all sessions of an account."""
    session.execute(delete(LoginSession).where(LoginSession.staff_id == staff_id))


class Staff(Base, UserMixin):
    """Account of a person. The columns from `password` on are named and written by Flask-Security, but for the last three: the
    operator of the site sees its pages; `language` is that of the pages and emails, "" for what the browser asks for."""

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
    is_operator: Mapped[bool] = mapped_column(default=False, server_default=false())
    last_signed_in_at: Mapped[dt.datetime | None]
    language: Mapped[str] = mapped_column(String(8), default="", server_default="")

    memberships: Mapped[list["Membership"]] = relationship(back_populates="staff", lazy="raise")

    def set_two_factor(self, method: str, secret: str) -> None:
        """Set the two-factor app, whose code was just verified."""
        self.tf_primary_method, self.tf_totp_secret = method, secret

    def disable_two_factor(self) -> None:
        """Turn off two-factor authentication, with its recovery codes."""
        self.tf_primary_method = self.tf_totp_secret = self.tf_last_counter = self.mf_recovery_codes = None

    def accept_code(self, counter: int) -> bool:
        """Accept a two-factor code by the `counter` of its time step, and store that; return False, as the code was used
        before, unless it is later than the last one."""
        if self.tf_last_counter is not None and counter <= self.tf_last_counter:
            return False
        self.tf_last_counter = counter
        return True

    def use_recovery_code(self, stored_code: str) -> bool:
        """Remove a recovery code, given as it is stored, as it works once; return False if the account has no such code."""
        if stored_code not in (self.mf_recovery_codes or ()):
            return False
        self.mf_recovery_codes = [code for code in self.mf_recovery_codes or () if code != stored_code]
        return True

    def set_credentials(self, name: str, password_hash: str) -> None:
        """Set the name and password of an invited account."""
        self.name, self.password = name, password_hash


def end_every_sign_in(session: Session, staff: Staff, uniquifier: str = "") -> None:
    """End all sessions of an account and every half-done sign-in, by giving it this uniquifier or a random one."""
    staff.fs_uniquifier = uniquifier or secrets.token_hex(32)
    end_login_sessions(session, staff.id)


class Membership(Base):
    """Role of an account in a coalition. `joined_at` is None until the invitation is accepted. `from_claims` says that the
    identity provider's claims gave the role, and take it away again."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("staff_id", "coalition_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    coalition_id: Mapped[int] = mapped_column(ForeignKey("coalition.id", ondelete="CASCADE"), index=True)
    role: Mapped[Role]
    invited_at: Mapped[dt.datetime]
    joined_at: Mapped[dt.datetime | None]
    from_claims: Mapped[bool] = mapped_column(default=False)

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
