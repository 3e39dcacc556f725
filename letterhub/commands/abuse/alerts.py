"""Acknowledgment of alerts."""

import datetime as dt

from sqlalchemy import select, update

from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.mail.outgoing_mail import SuppressionReason
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Letter, MailSuppression, SignatureAlert, append_audit_entry


@one_transaction
def acknowledge_alerts(
    coalition_id: int, last_suppression_id: int, last_alert_id: int = 0, *, actor: str, at: dt.datetime
) -> int:
    """Mark the alerts shown on the dashboard as seen; return how many were new.

    `last_suppression_id` is the id of the last mail suppression shown, of a disowned signature; `last_alert_id` that of the
    last signature alert.
    """
    letter_ids = select(Letter.id).where(Letter.coalition_id == coalition_id)
    new_disowned = (
        MailSuppression.letter_id.in_(letter_ids),
        MailSuppression.reason == SuppressionReason.DISOWNED,
        MailSuppression.acknowledged_at.is_(None),
        MailSuppression.id <= last_suppression_id,
    )
    statement = update(MailSuppression).where(*new_disowned).values(acknowledged_at=at).returning(MailSuppression.id)
    disowned_ids = db.session.scalars(statement.execution_options(synchronize_session=False)).all()
    new_alerts = (
        SignatureAlert.letter_id.in_(letter_ids),
        SignatureAlert.acknowledged_at.is_(None),
        SignatureAlert.id <= last_alert_id,
    )
    statement = update(SignatureAlert).where(*new_alerts).values(acknowledged_at=at).returning(SignatureAlert.id)
    alert_ids = db.session.scalars(statement.execution_options(synchronize_session=False)).all()
    if count := len(disowned_ids) + len(alert_ids):
        append_audit_entry(
            db.session(),
            ReferenceKind.COALITION.reference(coalition_id),
            actor,
            "alerts dismissed",
            at=at,
            after={"count": count},
        )
    return count
