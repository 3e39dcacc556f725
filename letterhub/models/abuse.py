"""Tables against abuse: blocklist, bulk declines, rate limit buckets, spent challenges, and origins of forms."""

import datetime as dt
import hmac
from collections.abc import Collection, Mapping
from typing import cast

from sqlalchemy import ColumnElement, Executable, ForeignKey, Index, String, Table, bindparam, select, update
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from letterhub.domain.abuse.bulk_decline import BlockReason
from letterhub.domain.abuse.proof_of_work import CHALLENGE_LIFETIME
from letterhub.domain.abuse.rate_limits import BucketKey, RateLimit, RateLimited, format_wait
from letterhub.domain.i18n import _
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import INSERTS, Base, Insert, insert_into
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
    keys: Collection[str], since: dt.datetime | None = None, but: BlockReason | None = None
) -> ColumnElement[bool]:
    """Build the SQL condition that another signature of the selected one's letter is blocklisted under one of these keys.

    If given, it was blocked after `since`, and for another reason than `but`.
    """
    entry = aliased(BlocklistEntry)
    query = select(entry.id).where(
        entry.letter_id == Signature.letter_id, entry.key.in_(keys), entry.signature_id != Signature.id
    )  # fmt: skip
    if since is not None:
        query = query.where(entry.blocked_at > since)
    if but is not None:
        query = query.where(entry.reason != but)
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
    save_buckets(session, new_full_at)


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


def reserve(
    session: Session, buckets: Mapping[BucketKey, RateLimit], secret: str, at: dt.datetime
) -> tuple[dt.datetime, dict[str, dt.datetime]]:
    """Take the next token of each bucket in advance, without storing it.

    Return when all buckets allow the attempt, and when each bucket is full again after it, by hash, for `save_buckets`.
    """
    new_full_at: dict[str, dt.datetime] = {}
    allowed_times: list[dt.datetime] = []
    for key, limit, full_at in _lock_buckets(session, buckets, secret, at):
        new_full_at[key], allowed_at = limit.reserve(full_at, at)
        allowed_times.append(allowed_at)
    return max(allowed_times), new_full_at


def save_buckets(session: Session, full_at: Mapping[str, dt.datetime]) -> None:
    """Store when each bucket is full again."""
    if full_at:
        session.connection().execute(_SAVE, [{"key": key, "until": until} for key, until in sorted(full_at.items())])


def _lock_buckets(
    session: Session, buckets: Mapping[BucketKey, RateLimit], secret: str, at: dt.datetime
) -> list[tuple[str, RateLimit, dt.datetime]]:
    """Lock buckets, creating missing ones; return the hash of each, its limit and when it is full again.

    The fixed order prevents races and deadlocks.
    """
    limits = {_hash_bucket_key(bucket_key, secret): limit for bucket_key, limit in buckets.items()}
    connection = session.connection()
    locked = connection.execute(
        _LOCK[connection.dialect.name], [{"bucket_key": key, "expires_at": at} for key in sorted(limits)]
    )
    return [(key, limits[key], expires_at) for key, expires_at in locked]


def _hash_bucket_key(bucket_key: BucketKey, secret: str) -> str:
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
    the registrable domain of its mailbox. `has_proof_of_work` says that it had a proof of work."""

    __tablename__ = "submission_origin"
    __table_args__ = (
        Index("ix_submission_origin_when", "letter_id", "started_at"),
        Index("ix_submission_origin_network", "letter_id", "network_hash", "started_at"),
        Index("ix_submission_origin_domain", "letter_id", "mail_domain"),
    )

    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    network_hash: Mapped[str] = mapped_column(String(64), default="")
    mail_domain: Mapped[str] = mapped_column(String(255), default="")
    has_proof_of_work: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[dt.datetime]
