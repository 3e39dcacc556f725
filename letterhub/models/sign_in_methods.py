"""Tables of ways to sign in without a password: passkeys, and links of accounts to the identity provider."""

import datetime as dt

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.infrastructure.db import Base


class Passkey(Base):
    """Passkey of an account.

    `credential_id` and `account_handle` are base64url. All passkeys of an account have one handle, a random word by which
    authenticators know the account. `sign_count` is the authenticator's counter at the last use; many always send 0.
    """

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    account_handle: Mapped[str] = mapped_column(String(64))
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[dt.datetime]
    last_used_at: Mapped[dt.datetime | None]

    def use(self, sign_count: int, at: dt.datetime) -> bool:
        """Record a use; return False if the authenticator's counter did not grow, so that it may be a copy.

        An authenticator without a counter always sends 0.
        """
        if (sign_count or self.sign_count) and sign_count <= self.sign_count:
            return False
        self.sign_count, self.last_used_at = sign_count, at
        return True


class ProviderLink(Base):
    """Link of an account to one person at an identity provider. The provider's `subject` never changes, unlike its addresses;
    `label` is the address or name that it showed last."""

    __tablename__ = "provider_link"
    __table_args__ = (UniqueConstraint("issuer", "subject"), UniqueConstraint("staff_id", "issuer"))

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    issuer: Mapped[str] = mapped_column(String(500))
    subject: Mapped[str] = mapped_column(String(255))
    label: Mapped[str] = mapped_column(String(255), default="")
    linked_at: Mapped[dt.datetime]
    last_used_at: Mapped[dt.datetime | None]

    def use(self, label: str, at: dt.datetime) -> None:
        """Record a sign-in."""
        self.label, self.last_used_at = label or self.label, at
