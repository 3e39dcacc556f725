"""What the clock does: signatures that nobody confirmed expire."""

import datetime as dt

from sqlalchemy import select

from letterhub.db import db, one_transaction
from letterhub.domain.states import SignatureMove, SignatureState
from letterhub.models import Signature, remember

PENDING_FOR = dt.timedelta(days=21)
AT_ONCE = 200


@one_transaction
def expire_pending(at: dt.datetime) -> int:
    """Expires the oldest signatures that waited too long for their confirmation, some at a time; gives how many."""
    waiting = db.session.scalars(
        select(Signature)
        .where(Signature.state == SignatureState.PENDING, Signature.created_at <= at - PENDING_FOR)
        .order_by(Signature.letter_id, Signature.id)
        .limit(AT_ONCE)
        .with_for_update()
    ).all()
    for signature in waiting:
        signature.move(SignatureMove.EXPIRE, at)
        remember(db.session(), f"letter-{signature.letter_id}", "worker", "expired", at=at, subject=f"signature-{signature.id}")
    return len(waiting)
