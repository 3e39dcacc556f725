"""Rate limits for sign-in attempts: a token is taken before a password or code is checked, and refunded if it was right.

See docs/design/abuse.md.
"""

import datetime as dt

from sqlalchemy import delete, select

from letterhub.domain.abuse.rate_limits import LimitedAction, SignInAttempt, buckets_for
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import RateLimitBucket, SpentChallenge, acquire, refund

BATCH_SIZE = 1000


@one_transaction
def acquire_sign_in_attempt(action: LimitedAction, attempt: SignInAttempt, secret: str, at: dt.datetime) -> None:
    """Take one sign-in token.

    Raises RateLimited if none is left. Looks up no account, so that all callers get the same answer.
    """
    acquire(db.session(), buckets_for(action, attempt), secret, at)


@one_transaction
def refund_sign_in_attempt(action: LimitedAction, attempt: SignInAttempt, secret: str) -> None:
    """Refund the token of a successful attempt: people who know the password may sign in as often as they like."""
    refund(db.session(), buckets_for(action, attempt), secret)


@one_transaction
def purge_rate_limits(at: dt.datetime) -> int:
    """Delete a batch of rate-limit rows that are full again; return how many."""
    full_ids = (
        select(RateLimitBucket.id)
        .where(RateLimitBucket.expires_at <= at)
        .order_by(RateLimitBucket.expires_at)
        .limit(BATCH_SIZE)
    )
    return len(
        db.session.scalars(delete(RateLimitBucket).where(RateLimitBucket.id.in_(full_ids)).returning(RateLimitBucket.id)).all()
    )


@one_transaction
def purge_spent_challenges(at: dt.datetime) -> int:
    """Delete a batch of used proof-of-work challenges that have expired; return how many."""
    expired_ids = (
        select(SpentChallenge.id).where(SpentChallenge.expires_at <= at).order_by(SpentChallenge.expires_at).limit(BATCH_SIZE)
    )
    return len(
        db.session.scalars(delete(SpentChallenge).where(SpentChallenge.id.in_(expired_ids)).returning(SpentChallenge.id)).all()
    )
