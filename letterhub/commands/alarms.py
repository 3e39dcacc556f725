"""Staff take note of who said "this was not us"."""

import datetime as dt

from sqlalchemy import select, update

from letterhub.db import db, one_transaction
from letterhub.domain.references import Reference
from letterhub.domain.stops import Why
from letterhub.models import Letter, MailStop, remember


@one_transaction
def note_alarms(coalition_id: int, last: int, *, actor: str, at: dt.datetime) -> int:
    """Takes what the desk showed, up to the `last` of it, off the desk; gives how much. The record says who did."""
    mine = select(Letter.id).where(Letter.coalition_id == coalition_id)
    fresh = (MailStop.letter_id.in_(mine), MailStop.why == Why.DISOWNED, MailStop.seen_at.is_(None), MailStop.id <= last)
    noted = update(MailStop).where(*fresh).values(seen_at=at).returning(MailStop.id)
    count = len(db.session.scalars(noted.execution_options(synchronize_session=False)).all())
    if count:
        remember(db.session(), Reference.COALITION.to(coalition_id), actor, "alarms noted", at=at, after={"count": count})
    return count
