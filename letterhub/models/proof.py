"""Proofs of work that were spent: a solved challenge lets one form through, whatever process it comes to."""

import datetime as dt

from sqlalchemy import String
from sqlalchemy.orm import Mapped, Session, mapped_column

from letterhub.db import Base, inserting
from letterhub.domain.proofs import LASTS


class SpentProof(Base):
    """A challenge that was solved and used, by its mark. Past `spent_until` it is too old to be used, and the row is erased."""

    __tablename__ = "spent_proof"

    id: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(String(64), unique=True)
    spent_until: Mapped[dt.datetime] = mapped_column(index=True)


def spend_proof(session: Session, mark: str, at: dt.datetime) -> bool:
    """Spends a solved challenge, in the caller's transaction; False where there is none, or it was spent before."""
    if not mark:
        return False
    spent = inserting(SpentProof).values(mark=mark, spent_until=at + LASTS).on_conflict_do_nothing(index_elements=["mark"])
    return session.scalar(spent.returning(SpentProof.id)) is not None
