"""Spent proof-of-work challenges: each solution is valid for one form, on any process."""

import datetime as dt

from sqlalchemy import String
from sqlalchemy.orm import Mapped, Session, mapped_column

from letterhub.domain.abuse.proof_of_work import LASTS
from letterhub.infrastructure.db import Base, inserting


class SpentProof(Base):
    """Hash of a challenge that was solved and used. Past `spent_until` it has expired, and the row is purged."""

    __tablename__ = "spent_proof"

    id: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(String(64), unique=True)
    spent_until: Mapped[dt.datetime] = mapped_column(index=True)


def spend_proof(session: Session, mark: str, at: dt.datetime) -> bool:
    """Spend a solved challenge, in the caller's transaction; False if there is none, or it was spent before."""
    if not mark:
        return False
    spent = inserting(SpentProof).values(mark=mark, spent_until=at + LASTS).on_conflict_do_nothing(index_elements=["mark"])
    return session.scalar(spent.returning(SpentProof.id)) is not None
