"""Acknowledgment of abuse notices."""

import datetime as dt

from sqlalchemy import select, update

from letterhub.domain.audit.references import ReferenceKind
from letterhub.domain.mail.suppression import SuppressionReason
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Letter, MailSuppression, StaffNotice, append_audit_entry


@one_transaction
def acknowledge_notices(coalition_id: int, last: int, last_notice: int = 0, *, actor: str, at: dt.datetime) -> int:
    """Mark the notices shown on the dashboard as seen: disowned signatures up to `last`, changes up to `last_notice`.
    Return how many.
    """
    mine = select(Letter.id).where(Letter.coalition_id == coalition_id)
    fresh = (
        MailSuppression.letter_id.in_(mine),
        MailSuppression.reason == SuppressionReason.DISOWNED,
        MailSuppression.acknowledged_at.is_(None),
        MailSuppression.id <= last,
    )
    noted = update(MailSuppression).where(*fresh).values(acknowledged_at=at).returning(MailSuppression.id)
    count = len(db.session.scalars(noted.execution_options(synchronize_session=False)).all())
    unseen = (StaffNotice.letter_id.in_(mine), StaffNotice.acknowledged_at.is_(None), StaffNotice.id <= last_notice)
    seen = update(StaffNotice).where(*unseen).values(acknowledged_at=at).returning(StaffNotice.id)
    count += len(db.session.scalars(seen.execution_options(synchronize_session=False)).all())
    if count:
        append_audit_entry(
            db.session(), ReferenceKind.COALITION.reference(coalition_id), actor, "alarms noted", at=at, after={"count": count}
        )
    return count
