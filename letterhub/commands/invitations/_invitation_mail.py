"""Emails of invitations, and the invitations that staff prepared while a letter was a draft: mailed as it opens."""

import datetime as dt

from sqlalchemy import select

from letterhub.domain.editions.deliveries import bulk_mail_delay
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.infrastructure.db import db
from letterhub.mail.outbox import queue_mail
from letterhub.models import Invitation, Letter


def queue_invitation_mail(
    letter: Letter, invitation: Invitation, at: dt.datetime, delay: dt.timedelta, *, is_reminder: bool = False
) -> None:
    """Queue the email of an invitation, or a reminder of it, due after a delay."""
    parameters = {"invitation_id": invitation.id} | ({"again": 1} if is_reminder else {})
    message = queue_mail(
        MailKind.INVITE, invitation.email, parameters, at=at, coalition_id=letter.coalition_id, letter_id=letter.id
    )  # fmt: skip
    message.due_at = at + delay


def mail_prepared_invitations(letter: Letter, at: dt.datetime) -> None:
    """Queue the emails of all invitations to a letter that opens now, paced. Until then none was mailed."""
    prepared = select(Invitation).where(
        Invitation.letter_id == letter.id, Invitation.email != "", Invitation.declined_at.is_(None)
    )
    invitations = db.session.scalars(prepared.order_by(Invitation.id)).all()
    for position, invitation in enumerate(invitations):
        invitation.invited_at = at  # from now on, reminders are due
        queue_invitation_mail(letter, invitation, at, bulk_mail_delay(position, len(invitations)))
