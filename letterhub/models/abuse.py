"""Tables against abuse: blocklist, bulk declines, rate limit buckets, spent challenges, and origins of forms."""

import datetime as dt
import hmac
from collections.abc import Collection, Mapping
from functools import cache
from typing import cast

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Executable,
    ForeignKey,
    Index,
    String,
    Table,
    bindparam,
    case,
    select,
    text,
    true,
    union_all,
    update,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column
from sqlalchemy.types import TypeDecorator

from letterhub.domain.abuse.blocklist import BlockReason
from letterhub.domain.abuse.proof_of_work import CHALLENGE_LIFETIME
from letterhub.domain.abuse.rate_limits import BucketKey, RateLimit, RateLimited, format_wait
from letterhub.domain.i18n import _
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import INSERTS, Base, Insert, insert_into
from letterhub.infrastructure.statements import execute_prepared
from letterhub.models.signatures import Signature


class BlocklistEntry(Base):
    """Key by which a declined signature is recognized under its letter.

    `key` is a hash, which outlives the line and the address. Several addresses may deny one signature, each with rows of its
    own.
    """

    __tablename__ = "blocklist_entry"
    __table_args__ = (Index("ix_blocklist_entry_key", "letter_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(64))
    reason: Mapped[BlockReason]
    blocked_at: Mapped[dt.datetime]


def is_blocklisted(
    keys: Collection[str], since: dt.datetime | None = None, except_reason: BlockReason | None = None
) -> ColumnElement[bool]:
    """Build the SQL condition that another signature of the selected one's letter is blocklisted under one of these keys.

    If given: blocked after `since`, and for another reason than `except_reason`.
    """
    entry = aliased(BlocklistEntry)
    query = select(entry.id).where(
        entry.letter_id == Signature.letter_id, entry.key.in_(keys), entry.signature_id != Signature.id
    )  # fmt: skip
    if since is not None:
        query = query.where(entry.blocked_at > since)
    if except_reason is not None:
        query = query.where(entry.reason != except_reason)
    return query.correlate(Signature).exists()


class BulkDecline(Base):
    """Bulk decline by a pattern: a network, a mail domain, a time range, or several of them."""

    __tablename__ = "bulk_decline"

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), index=True)
    network_hash: Mapped[str] = mapped_column(String(64), default="")
    mail_domain: Mapped[str] = mapped_column(String(255), default="")
    since: Mapped[dt.datetime | None]
    until: Mapped[dt.datetime | None]
    reason: Mapped[str] = mapped_column(String(500))
    count: Mapped[int]
    actor: Mapped[str] = mapped_column(String(40))
    at: Mapped[dt.datetime]
    restored_at: Mapped[dt.datetime | None]


class BulkDeclineItem(Base):
    """Signature of a bulk decline, with its state before."""

    __tablename__ = "bulk_decline_item"

    bulk_decline_id: Mapped[int] = mapped_column(ForeignKey("bulk_decline.id", ondelete="CASCADE"), primary_key=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), primary_key=True)
    state_before: Mapped[SignatureState]


EPOCH, MICROSECOND = dt.datetime(1970, 1, 1, tzinfo=dt.UTC), dt.timedelta(microseconds=1)


class UtcMicroseconds(TypeDecorator[dt.datetime]):
    """UTC datetime column stored as microseconds since 1970, so that SQL can add to it in the same way on every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        return None if value is None else EPOCH + value * MICROSECOND


class RateLimitBucket(Base):
    """Token bucket of a rate limit that is not full; the row is obsolete past `expires_at`."""

    __tablename__ = "rate_limit_bucket"

    id: Mapped[int] = mapped_column(primary_key=True)
    bucket_key: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[dt.datetime] = mapped_column(UtcMicroseconds, index=True)


BUCKETS = cast("Table", RateLimitBucket.__table__)
_OF_BUCKET = update(BUCKETS).where(BUCKETS.c.bucket_key == bindparam("key"))
_SAVE = _OF_BUCKET.values(expires_at=bindparam("until"))
_REFUND = _OF_BUCKET.values(expires_at=BUCKETS.c.expires_at - bindparam("interval", type_=BigInteger))


def _lock_statement(insert: Insert) -> Executable:
    """Build an upsert that inserts a bucket or locks the existing row until the end of the transaction."""
    upsert = insert.on_conflict_do_update(
        index_elements=[BUCKETS.c.bucket_key], set_={"bucket_key": insert.excluded.bucket_key}
    )
    return upsert.returning(BUCKETS.c.bucket_key, BUCKETS.c.expires_at)


_LOCK = {dialect: _lock_statement(insert(BUCKETS)) for dialect, insert in INSERTS.items()}
"""Prepared once, as every form executes it: building the statement takes longer than running it."""


def acquire(session: Session, buckets: Mapping[BucketKey, RateLimit], secret: str, at: dt.datetime) -> None:
    """Take one token from each bucket; if any is empty, take none and raise RateLimited with the time when all have one."""
    allowed_times, new_full_at = [at], {}
    for key, limit, full_at in _lock_buckets(session, buckets, secret, at):
        if (full_again_at := limit.full_at_after(full_at, at)) is None:
            allowed_times.append(limit.allowed_at(full_at))
        else:
            new_full_at[key] = full_again_at
    if (allowed_at := max(allowed_times)) > at:
        raise RateLimited(
            _("Too many attempts. Wait %(wait)s before the next one.", wait=format_wait(allowed_at, at)), allowed_at
        )
    session.connection().execute(_SAVE, [{"key": key, "until": until} for key, until in sorted(new_full_at.items())])


def refund(session: Session, buckets: Mapping[BucketKey, RateLimit], secret: str) -> None:
    """Return the tokens of a legitimate attempt to their buckets."""
    intervals = {hash_bucket_key(bucket_key, secret): limit.refill_interval for bucket_key, limit in buckets.items()}
    if intervals:
        rows = [{"key": key, "interval": interval // MICROSECOND} for key, interval in sorted(intervals.items())]
        session.connection().execute(_REFUND, rows)


def reserve(
    connection: Connection, buckets: Mapping[BucketKey, RateLimit], secret: str, at: dt.datetime
) -> dict[BucketKey, dt.datetime]:
    """Take the next token of each bucket in advance, and return when each allows the attempt, as `RateLimit.reserve`.

    The database does the sums, so that all tokens that are taken and refunded at the same moment count.
    """
    bucket_keys = {hash_bucket_key(bucket_key, secret): bucket_key for bucket_key in buckets}
    parameters: dict[str, object] = {"at": at}
    for number, key in enumerate(sorted(bucket_keys)):
        limit = buckets[bucket_keys[key]]
        parameters |= {
            f"key_{number}": key, f"once_{number}": at + limit.refill_interval, f"last_{number}": limit.last_full_at(at),
        }  # fmt: skip
    rows = execute_prepared(connection, _reserve_statement(connection.dialect.name, len(buckets)), parameters)
    return {bucket_keys[key]: buckets[bucket_keys[key]].reserved_for(full_at, at) for key, full_at in rows}


@cache
def _reserve_statement(dialect: str, count: int) -> Executable:
    """Build an upsert that takes a token from so many buckets, locked in the order of their keys.

    Its rows are selected, as SQLAlchemy does not cache an INSERT of several VALUES. SQLite's parser needs their WHERE.
    """
    numbers, at = range(count), bindparam("at", type_=UtcMicroseconds)
    times = {name: [bindparam(f"{name}_{number}", type_=UtcMicroseconds) for number in numbers] for name in ("once", "last")}
    keys = [bindparam(f"key_{number}", type_=String) for number in numbers]
    rows = union_all(*(select(key, once).where(true()) for key, once in zip(keys, times["once"], strict=True)))
    insert, full_at = INSERTS[dialect](BUCKETS).from_select(["bucket_key", "expires_at"], rows), BUCKETS.c.expires_at
    last = case(dict(zip(keys, times["last"], strict=True)), value=BUCKETS.c.bucket_key)
    bounded = case((full_at < at, at), (full_at > last, last), else_=full_at)
    upsert = insert.on_conflict_do_update(
        index_elements=[BUCKETS.c.bucket_key], set_={"expires_at": bounded + (insert.excluded.expires_at - at)}
    )
    return upsert.returning(BUCKETS.c.bucket_key, full_at)


def _lock_buckets(
    session: Session, buckets: Mapping[BucketKey, RateLimit], secret: str, at: dt.datetime
) -> list[tuple[str, RateLimit, dt.datetime]]:
    """Lock buckets, creating missing ones; return the hash of each, its limit and when it is full again.

    The fixed order prevents races and deadlocks.
    """
    limits = {hash_bucket_key(bucket_key, secret): limit for bucket_key, limit in buckets.items()}
    connection = session.connection()
    locked = connection.execute(
        _LOCK[connection.dialect.name], [{"bucket_key": key, "expires_at": at} for key in sorted(limits)]
    )
    return [(key, limits[key], expires_at) for key, expires_at in locked]


def hash_bucket_key(bucket_key: BucketKey, secret: str) -> str:
    """Return the hash under which a bucket is stored."""
    return hmac.digest(secret.encode(), "\0".join(("allowance", *bucket_key)).encode(), "sha256")[:16].hex()


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


class SubmissionOrigin(Base):
    """Origin of a signature's form. The network is a hash, different for every letter, and "" once erased. `mail_domain` is
    the registrable domain of its mailbox. `has_proof_of_work` says that it had a proof of work, `via` is the word of the
    partner's link by which it came, "" for none."""

    __tablename__ = "submission_origin"
    __table_args__ = (
        Index("ix_submission_origin_when", "letter_id", "started_at"),
        Index("ix_submission_origin_network", "letter_id", "network_hash", "started_at"),
        Index("ix_submission_origin_domain", "letter_id", "mail_domain"),
        Index(
            "ix_submission_origin_via",
            "letter_id",
            "via",
            sqlite_where=text("via != ''"),
            postgresql_where=text("via != ''"),
        ),
    )

    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    network_hash: Mapped[str] = mapped_column(String(64), default="")
    mail_domain: Mapped[str] = mapped_column(String(255), default="")
    has_proof_of_work: Mapped[bool] = mapped_column(default=False)
    via: Mapped[str] = mapped_column(String(40), default="")
    started_at: Mapped[dt.datetime]
