"""Invitations that staff prepared while a letter was a draft: mailed as it opens."""

import datetime as dt

from sqlalchemy import select

from letterhub.domain.editions.deliveries import bulk_mail_delay
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.infrastructure.db import db
from letterhub.mail.outbox import queue_mail
from letterhub.models import Invitation, Letter


def mail_prepared_invitations(letter: Letter, at: dt.datetime) -> int:
    """Queue the mails of all invitations to a letter that opens now, paced; return how many. Until then none was mailed."""
    prepared = select(Invitation).where(
        Invitation.letter_id == letter.id, Invitation.email != "", Invitation.declined_at.is_(None)
    )
    invitations = db.session.scalars(prepared.order_by(Invitation.id)).all()
    for position, invitation in enumerate(invitations):
        invitation.invited_at = at  # from now on, reminders are due
        message = queue_mail(
            MailKind.INVITE, invitation.email, {"invitation_id": invitation.id}, at=at, coalition_id=letter.coalition_id,
            letter_id=letter.id,
        )  # fmt: skip
        message.due_at = at + bulk_mail_delay(position, len(invitations))
    return len(invitations)
