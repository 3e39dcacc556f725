"""Acknowledgment of abuse notices."""

import datetime as dt

from sqlalchemy import select, update

from letterhub.domain.audit.references import Reference
from letterhub.domain.mail.suppression import Why
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Letter, MailStop, StaffNotice, remember


@one_transaction
def note_alarms(coalition_id: int, last: int, last_notice: int = 0, *, actor: str, at: dt.datetime) -> int:
    """Mark the notices shown on the dashboard as seen: disowned signatures up to `last`, changes up to `last_notice`.
    Return how many.
    """
    mine = select(Letter.id).where(Letter.coalition_id == coalition_id)
    fresh = (MailStop.letter_id.in_(mine), MailStop.why == Why.DISOWNED, MailStop.seen_at.is_(None), MailStop.id <= last)
    noted = update(MailStop).where(*fresh).values(seen_at=at).returning(MailStop.id)
    count = len(db.session.scalars(noted.execution_options(synchronize_session=False)).all())
    unseen = (StaffNotice.letter_id.in_(mine), StaffNotice.seen_at.is_(None), StaffNotice.id <= last_notice)
    seen = update(StaffNotice).where(*unseen).values(seen_at=at).returning(StaffNotice.id)
    count += len(db.session.scalars(seen.execution_options(synchronize_session=False)).all())
    if count:
        remember(db.session(), Reference.COALITION.to(coalition_id), actor, "alarms noted", at=at, after={"count": count})
    return count
