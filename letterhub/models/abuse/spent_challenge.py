"""Spent proof-of-work challenges: each solution is valid for one form, on any process."""

import datetime as dt

from sqlalchemy import String
from sqlalchemy.orm import Mapped, Session, mapped_column

from letterhub.domain.abuse.proof_of_work import CHALLENGE_LIFETIME
from letterhub.infrastructure.db import Base, insert_into


class SpentChallenge(Base):
    """Hash of a challenge that was solved and used. Past `expires_at` it has expired, and the row is purged."""

    __tablename__ = "spent_challenge"

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[dt.datetime] = mapped_column(index=True)


def spend_challenge(session: Session, challenge_hash: str, at: dt.datetime) -> bool:
    """Spend a solved challenge, in the caller's transaction; False if it was spent before."""
    statement = (
        insert_into(SpentChallenge)
        .values(challenge_hash=challenge_hash, expires_at=at + CHALLENGE_LIFETIME)
        .on_conflict_do_nothing(index_elements=["challenge_hash"])
    )
    return session.scalar(statement.returning(SpentChallenge.id)) is not None
