"""Rate limits for sign-in attempts: a token is taken before a password or code is checked, and refunded if it was right.

See docs/design/abuse.md.
"""

import datetime as dt

from sqlalchemy import delete, select

from letterhub.domain.abuse.rate_limits import Caller, LimitedAct, purses_of
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import SpentAllowance, SpentProof, give_back, spend

AT_ONCE = 1000


@one_transaction
def take_try(act: LimitedAct, caller: Caller, secret: str, at: dt.datetime) -> None:
    """Take one sign-in token. Raises TooOften if none is left. Looks up no account, so that all callers get the same answer."""
    spend(db.session(), purses_of(act, caller), secret, at)


@one_transaction
def give_try_back(act: LimitedAct, caller: Caller, secret: str) -> None:
    """Refund the token of a successful attempt: people who know the password may sign in as often as they like."""
    give_back(db.session(), purses_of(act, caller), secret)


@one_transaction
def forget_allowances(at: dt.datetime) -> int:
    """Delete a batch of rate-limit rows that are full again; return how many."""
    full = select(SpentAllowance.id).where(SpentAllowance.spent_until <= at).order_by(SpentAllowance.spent_until).limit(AT_ONCE)
    return len(db.session.scalars(delete(SpentAllowance).where(SpentAllowance.id.in_(full)).returning(SpentAllowance.id)).all())


@one_transaction
def forget_proofs(at: dt.datetime) -> int:
    """Delete a batch of used proof-of-work challenges that have expired; return how many."""
    old = select(SpentProof.id).where(SpentProof.spent_until <= at).order_by(SpentProof.spent_until).limit(AT_ONCE)
    return len(db.session.scalars(delete(SpentProof).where(SpentProof.id.in_(old)).returning(SpentProof.id)).all())
