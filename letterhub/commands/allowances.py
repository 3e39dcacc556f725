"""What a try costs: taken before a password or a code is looked at, and given back where it was right."""

import datetime as dt

from sqlalchemy import delete, select

from letterhub.db import db, one_transaction
from letterhub.domain.allowances import Caller, LimitedAct, purses_of
from letterhub.models import SpentAllowance, SpentProof, give_back, spend

AT_ONCE = 1000


@one_transaction
def take_try(act: LimitedAct, caller: Caller, secret: str, at: dt.datetime) -> None:
    """Takes one try to sign in, or raises TooOften and takes none. Knows nothing of accounts: all are answered alike."""
    spend(db.session(), purses_of(act, caller), secret, at)


@one_transaction
def give_try_back(act: LimitedAct, caller: Caller, secret: str) -> None:
    """Gives back the try of someone who was right: she may sign in as often as she likes."""
    give_back(db.session(), purses_of(act, caller), secret)


@one_transaction
def forget_allowances(at: dt.datetime) -> int:
    """Erases purses that are full again, some at a time; gives how many."""
    full = select(SpentAllowance.id).where(SpentAllowance.spent_until <= at).order_by(SpentAllowance.spent_until).limit(AT_ONCE)
    return len(db.session.scalars(delete(SpentAllowance).where(SpentAllowance.id.in_(full)).returning(SpentAllowance.id)).all())


@one_transaction
def forget_proofs(at: dt.datetime) -> int:
    """Erases proofs of work that nobody could use again anyway, some at a time; gives how many."""
    old = select(SpentProof.id).where(SpentProof.spent_until <= at).order_by(SpentProof.spent_until).limit(AT_ONCE)
    return len(db.session.scalars(delete(SpentProof).where(SpentProof.id.in_(old)).returning(SpentProof.id)).all())
