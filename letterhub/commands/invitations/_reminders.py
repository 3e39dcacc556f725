"""Reminders of invitations: queued by staff now, or by the worker as planned."""

import datetime as dt
from collections.abc import Collection

from sqlalchemy import select

from letterhub.commands.invitations._invitation_mail import queue_invitation_mail
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.editions.deliveries import bulk_mail_delay
from letterhub.infrastructure.db import db
from letterhub.models import Invitation, Letter, append_audit_entry
from letterhub.queries.invitations.invitations import invitations_of


def queue_reminders(letter: Letter, chosen: Collection[int] | None, *, actor: str, at: dt.datetime) -> int:
    """Queue a reminder for each invitation to a locked letter, or each of the chosen ones, that may get one; return how many.

    Whether it still may is checked again when it leaves the outbox.
    """
    due_ids = [invitation.id for invitation in reversed(invitations_of(letter.id, chosen)) if invitation.is_reminder_due(at)]
    invitations_by_id = {
        invitation.id: invitation
        for invitation in db.session.scalars(select(Invitation).where(Invitation.letter_id == letter.id))
    }
    for position, invitation_id in enumerate(due_ids):
        invitation = invitations_by_id[invitation_id]
        queue_invitation_mail(letter, invitation, at, bulk_mail_delay(position, len(due_ids)), is_reminder=True)
        invitation.remind(at)
    if due_ids:
        append_audit_entry(
            db.session(), ReferenceKind.LETTER.reference(letter.id), actor, "reminded of invitations", at=at,
            after={"count": len(due_ids)},
        )  # fmt: skip
    return len(due_ids)
