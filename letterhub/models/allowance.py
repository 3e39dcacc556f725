"""Allowances: how much of each purse is spent. A row holds no address, only a keyed fingerprint of whose purse it is."""

import datetime as dt
import hmac
from collections.abc import Mapping

from sqlalchemy import String, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from letterhub.db import Base
from letterhub.domain.allowances import Allowance, Purse, TooOften, wait_in_words


class SpentAllowance(Base):
    """A purse from which something was taken, until all of it has come back: past `spent_until` the row means nothing."""

    __tablename__ = "allowance"

    id: Mapped[int] = mapped_column(primary_key=True)
    purse: Mapped[str] = mapped_column(String(64), unique=True)
    spent_until: Mapped[dt.datetime] = mapped_column(index=True)


def spend(session: Session, purses: dict[Purse, Allowance], secret: str, at: dt.datetime) -> None:
    """Takes one try out of each purse; raises TooOften where one is empty, and what was taken is then to be undone.

    Rows are locked, and in one order: no two processes take the last, or wait for each other in a circle.
    """
    waits = [at]
    for key, allowance in sorted((_key(purse, secret), allowance) for purse, allowance in purses.items()):
        row = _locked(session, key, at)
        if (until := allowance.spent(row.spent_until, at)) is None:
            waits.append(allowance.free_at(row.spent_until))
        else:
            row.spent_until = until
            session.flush()
    if (free_at := max(waits)) > at:
        raise TooOften(f"Too many attempts. Wait {wait_in_words(free_at, at)} before the next one.", free_at)


def turn_of(session: Session, purses: Mapping[Purse, Allowance], secret: str, at: dt.datetime) -> dt.datetime:
    """Takes one try out of each purse, in their order, from an empty one too; gives when the last of its turns comes."""
    turns = [at]
    for key, allowance in sorted((_key(purse, secret), allowance) for purse, allowance in purses.items()):
        row = _locked(session, key, at)
        row.spent_until, turn = allowance.turn(row.spent_until, at)
        turns.append(turn)
        session.flush()
    return max(turns)


def give_back(session: Session, purses: Mapping[Purse, Allowance], secret: str) -> None:
    """Puts back what a try took that turned out to be right."""
    for key, allowance in sorted((_key(purse, secret), allowance) for purse, allowance in purses.items()):
        found = select(SpentAllowance).where(SpentAllowance.purse == key).with_for_update()
        if (row := session.scalar(found)) is not None:
            row.spent_until -= allowance.every
            session.flush()


def _locked(session: Session, key: str, at: dt.datetime) -> SpentAllowance:
    """The row of a purse, new where nothing was taken yet; where another process makes it at once, the one that was kept."""
    found = select(SpentAllowance).where(SpentAllowance.purse == key).with_for_update()
    if (row := session.scalar(found)) is not None:
        return row
    row = SpentAllowance(purse=key, spent_until=at)
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        return session.scalars(found).one()
    return row


def _key(purse: Purse, secret: str) -> str:
    return hmac.digest(secret.encode(), "\0".join(("allowance", *purse)).encode(), "sha256").hex()
