"""Login sessions: each browser in which staff are signed in. A session cookie is invalid without its row."""

import datetime as dt
from hashlib import sha256

from sqlalchemy import ForeignKey, String, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from letterhub.infrastructure.db import Base


class LoginSession(Base):
    """Login session. The browser's cookie holds a key; the row holds only its hash."""

    __tablename__ = "login_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    started_at: Mapped[dt.datetime] = mapped_column(index=True)


def hash_session_key(key: str) -> str:
    """Return the hash of a session key; one round of SHA-256 suffices, as the key is random."""
    return sha256(key.encode()).hexdigest()


def end_login_sessions(session: Session, staff_id: int) -> None:
    """End all sessions of an account."""
    session.execute(delete(LoginSession).where(LoginSession.staff_id == staff_id))
