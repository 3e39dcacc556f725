"""Rate limit buckets in the database. A row holds no address, only a keyed hash of the bucket's key."""

import datetime as dt
import hmac
from collections.abc import Iterable, Mapping
from typing import cast

from sqlalchemy import Executable, String, Table, bindparam, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from letterhub.domain.abuse.rate_limits import BucketKey, RateLimit, RateLimited, format_wait
from letterhub.domain.i18n import _
from letterhub.infrastructure.db import INSERTS, Base, Insert


class RateLimitBucket(Base):
    """Token bucket of a rate limit that is not full; the row is obsolete past `expires_at`."""

    __tablename__ = "rate_limit_bucket"

    id: Mapped[int] = mapped_column(primary_key=True)
    bucket_key: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[dt.datetime] = mapped_column(index=True)


BUCKETS = cast("Table", RateLimitBucket.__table__)
_SAVE = update(BUCKETS).where(BUCKETS.c.bucket_key == bindparam("key")).values(expires_at=bindparam("until"))


def _lock_statement(insert: Insert) -> Executable:
    """Build an upsert that inserts a bucket or locks the existing row until the end of the transaction."""
    upsert = insert.on_conflict_do_update(
        index_elements=[BUCKETS.c.bucket_key], set_={"bucket_key": insert.excluded.bucket_key}
    )
    return upsert.returning(BUCKETS.c.bucket_key, BUCKETS.c.expires_at)


_LOCK = {dialect: _lock_statement(insert(BUCKETS)) for dialect, insert in INSERTS.items()}
"""Prepared once, as every form executes it: building the statement takes longer than running it."""


def acquire(session: Session, buckets: Mapping[BucketKey, RateLimit], secret: str, at: dt.datetime) -> None:
    """Take one token from each bucket, or raise RateLimited and take none."""
    full_at, waits, new_full_at = lock_buckets(session, buckets, secret, at), [at], {}
    for bucket_key, limit in buckets.items():
        if (bucket_full_at := limit.full_at_after(full_at[bucket_key], at)) is None:
            waits.append(limit.allowed_at(full_at[bucket_key]))
        else:
            new_full_at[bucket_key] = bucket_full_at
    if (allowed_at := max(waits)) > at:
        raise RateLimited(
            _("Too many attempts. Wait %(wait)s before the next one.", wait=format_wait(allowed_at, at)), allowed_at
        )
    save_buckets(session, new_full_at, secret)


def refund(session: Session, buckets: Mapping[BucketKey, RateLimit], secret: str) -> None:
    """Return the tokens of a legitimate attempt to their buckets."""
    intervals = {_hash_bucket_key(bucket_key, secret): limit.refill_interval for bucket_key, limit in buckets.items()}
    query = (
        select(RateLimitBucket)
        .where(RateLimitBucket.bucket_key.in_(intervals))
        .order_by(RateLimitBucket.bucket_key)
        .with_for_update()
    )
    for row in session.scalars(query):
        row.expires_at -= intervals[row.bucket_key]


def lock_buckets(session: Session, buckets: Iterable[BucketKey], secret: str, at: dt.datetime) -> dict[BucketKey, dt.datetime]:
    """Lock buckets, creating missing ones, and return when each is full again. The fixed order prevents races and deadlocks."""
    keys = {_hash_bucket_key(bucket_key, secret): bucket_key for bucket_key in buckets}
    rows = [{"bucket_key": key, "expires_at": at} for key in sorted(keys)]
    connection = session.connection()
    locked = connection.execute(_LOCK[connection.dialect.name], rows)
    return {keys[key]: expires_at for key, expires_at in locked}


def save_buckets(session: Session, full_at: Mapping[BucketKey, dt.datetime], secret: str) -> None:
    """Store when each bucket is full again."""
    if full_at:
        rows = sorted((_hash_bucket_key(bucket_key, secret), bucket_full_at) for bucket_key, bucket_full_at in full_at.items())
        session.connection().execute(_SAVE, [{"key": key, "until": bucket_full_at} for key, bucket_full_at in rows])


def _hash_bucket_key(bucket_key: BucketKey, secret: str) -> str:
    return hmac.digest(secret.encode(), "\0".join(("allowance", *bucket_key)).encode(), "sha256")[:16].hex()
