"""Sign-ins: each browser in which a member of staff is signed in. Without its row a session is good for nothing."""

import datetime as dt
from hashlib import sha256

from sqlalchemy import ForeignKey, String, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from letterhub.db import Base


class SignIn(Base):
    """One of them. The browser holds a key in its session; the row holds the key's hash, which opens nothing."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    begun_at: Mapped[dt.datetime] = mapped_column(index=True)


def hash_of_key(key: str) -> str:
    """What is kept of a session's key; the key is drawn by chance, so that one round is enough."""
    return sha256(key.encode()).hexdigest()


def end_sign_ins(session: Session, staff_id: int) -> None:
    """Ends every session of an account, on every device."""
    session.execute(delete(SignIn).where(SignIn.staff_id == staff_id))
