"""Rate limit buckets in the database. A row holds no address, only a keyed hash of the bucket's key."""

import datetime as dt
import hmac
from collections.abc import Iterable, Mapping
from typing import cast

from sqlalchemy import Executable, String, Table, bindparam, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from letterhub.domain.abuse.rate_limits import Allowance, Purse, TooOften, wait_in_words
from letterhub.infrastructure.db import INSERTS, Base, Insert


class SpentAllowance(Base):
    """Token bucket of a rate limit that is not full; the row is obsolete past `spent_until`."""

    __tablename__ = "allowance"

    id: Mapped[int] = mapped_column(primary_key=True)
    purse: Mapped[str] = mapped_column(String(64), unique=True)
    spent_until: Mapped[dt.datetime] = mapped_column(index=True)


PURSES = cast("Table", SpentAllowance.__table__)
_KEEPING = update(PURSES).where(PURSES.c.purse == bindparam("key")).values(spent_until=bindparam("until"))


def _holding(made: Insert) -> Executable:
    """Build an upsert that inserts a bucket or locks the existing row until the end of the transaction."""
    held = made.on_conflict_do_update(index_elements=[PURSES.c.purse], set_={"purse": made.excluded.purse})
    return held.returning(PURSES.c.purse, PURSES.c.spent_until)


_HOLDING = {dialect: _holding(insert(PURSES)) for dialect, insert in INSERTS.items()}
"""Prepared once, as every form executes it: building the statement takes longer than running it."""


def spend(session: Session, purses: Mapping[Purse, Allowance], secret: str, at: dt.datetime) -> None:
    """Take one token from each bucket, or raise TooOften and take none."""
    spent, waits, left = lock_buckets(session, purses, secret, at), [at], {}
    for purse, allowance in purses.items():
        if (until := allowance.spent(spent[purse], at)) is None:
            waits.append(allowance.free_at(spent[purse]))
        else:
            left[purse] = until
    if (free_at := max(waits)) > at:
        raise TooOften(f"Too many attempts. Wait {wait_in_words(free_at, at)} before the next one.", free_at)
    keep_buckets(session, left, secret)


def give_back(session: Session, purses: Mapping[Purse, Allowance], secret: str) -> None:
    """Return the tokens of a legitimate attempt to their buckets."""
    every = {_key(purse, secret): allowance.every for purse, allowance in purses.items()}
    found = select(SpentAllowance).where(SpentAllowance.purse.in_(every)).order_by(SpentAllowance.purse).with_for_update()
    for row in session.scalars(found):
        row.spent_until -= every[row.purse]


def lock_buckets(session: Session, purses: Iterable[Purse], secret: str, at: dt.datetime) -> dict[Purse, dt.datetime]:
    """Lock buckets, creating missing ones, and return when each is full again. The fixed order prevents races and deadlocks."""
    keys = {_key(purse, secret): purse for purse in purses}
    rows = [{"purse": key, "spent_until": at} for key in sorted(keys)]
    connection = session.connection()
    spent = connection.execute(_HOLDING[connection.dialect.name], rows)
    return {keys[key]: spent_until for key, spent_until in spent}


def keep_buckets(session: Session, left: Mapping[Purse, dt.datetime], secret: str) -> None:
    """Store when each bucket is full again."""
    if left:
        told = sorted((_key(purse, secret), until) for purse, until in left.items())
        session.connection().execute(_KEEPING, [{"key": key, "until": until} for key, until in told])


def _key(purse: Purse, secret: str) -> str:
    return hmac.digest(secret.encode(), "\0".join(("allowance", *purse)).encode(), "sha256")[:16].hex()
