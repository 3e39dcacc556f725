"""Invitations of a letter with their outcomes, and the template context of their mail. Behind its link: `received`."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from letterhub.domain.i18n import _
from letterhub.domain.invitations.invitation import (
    OPEN_OUTCOMES,
    UNANSWERED,
    InvitationOutcome,
    is_reminder_due,
)
from letterhub.domain.letters.serialization import signatory_from_facts
from letterhub.domain.mail.outgoing_mail import ObsoleteMail, SuppressionReason
from letterhub.domain.signatures.signing import LetterNotOpen, check_open
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import LIFETIMES, Purpose
from letterhub.mail.messages import letter_url, signed_url
from letterhub.models import Coalition, Invitation, Letter, MailSuppression, OutboxMessage, Signature, Staff
from letterhub.queries.invitations.outcomes import select_outcomes
from letterhub.queries.invitations.received_invitations import mailbox_number
from letterhub.queries.letters.revisions import newest_revision
from letterhub.rendering.letter.signatory_list import line as printed_line

NOT_SENT_BY_OUTCOME = {
    InvitationOutcome.UNCONFIRMED: _("Not sent: the form was submitted in the meantime."),
    InvitationOutcome.DECLINED: _("Not sent: the owner of this mailbox asked for no email about this letter."),
    InvitationOutcome.REFUSED: _("Not sent: the organization said no in the meantime."),
    InvitationOutcome.PROMISED: _("Not sent: the organization promised to sign in the meantime."),
    InvitationOutcome.BOUNCED: _("Not sent: the last email to this mailbox could not be delivered."),
}


@dataclass(frozen=True, slots=True)
class ListedInvitation:
    """Invitation with its outcome. `signed_as` is the name on the letter if it differs from `organization`, otherwise ""."""

    id: int
    organization: str
    email: str
    invited_at: dt.datetime
    outcome: InvitationOutcome
    signed_as: str
    reminders: int
    reminded_at: dt.datetime | None

    def is_reminder_due(self, at: dt.datetime) -> bool:
        """Return whether it is unanswered some days after the last email, and had fewer reminders than it may get."""
        return bool(self.email) and is_reminder_due(self.outcome, self.reminded_at or self.invited_at, self.reminders, at)


def invitations_of(letter_id: int, ids: Collection[int] | None = None) -> tuple[ListedInvitation, ...]:
    """Return the invitations to a letter with their outcomes, newest first; only those with these ids, if given.

    Reminders, mails and the page behind the link use it; staff work on `queries.invitations.outreach`.
    """
    found = select_outcomes(letter_id, *([] if ids is None else [Invitation.id.in_(ids)])).subquery()
    query = (
        select(Invitation, found.c.outcome, Signature.organization_name)
        .join(found, found.c.id == Invitation.id)
        .outerjoin(Signature, Signature.id == found.c.signature_id)
        .order_by(Invitation.id.desc())
    )
    return tuple(
        _listed_invitation(invitation, InvitationOutcome(outcome), signed_as or "")
        for invitation, outcome, signed_as in db.session.execute(query)
    )


def suppressions_by_mailbox(letter_id: int) -> Mapping[str, SuppressionReason]:
    """Return the mail suppression reasons of a letter by mailbox hash; an owner's own request has priority."""
    rows = db.session.execute(
        select(MailSuppression.mailbox_hash, MailSuppression.reason).where(MailSuppression.letter_id == letter_id)
    ).all()
    owners_requests_last = sorted(rows, key=lambda row: row.reason is SuppressionReason.DISOWNED)
    return {row.mailbox_hash: row.reason for row in owners_requests_last}


def _listed_invitation(row: Invitation, outcome: InvitationOutcome, signed_as: str) -> ListedInvitation:
    name = str(row.line.get("organization", ""))
    return ListedInvitation(
        row.id, name, row.email, row.invited_at, outcome, "" if signed_as == name else signed_as, row.reminders,
        row.reminded_at,
    )  # fmt: skip


def invitation_mail_context(message: OutboxMessage, at: dt.datetime) -> dict[str, Any]:
    """Return the context of an invitation mail. Raises ObsoleteMail if the letter cannot be signed or the invitation was
    declined.
    """
    invitation = db.session.get(Invitation, message.parameters["invitation_id"])
    if invitation is None or not invitation.email or invitation.declined_at:
        raise ObsoleteMail(_("Not sent: the invitation was declined."))
    (listed,) = invitations_of(invitation.letter_id, [invitation.id])
    is_reminder = bool(message.parameters.get("again"))
    if listed.outcome not in (UNANSWERED if is_reminder else OPEN_OUTCOMES):
        raise ObsoleteMail(NOT_SENT_BY_OUTCOME.get(listed.outcome, _("Not sent: the organization is already on the letter.")))
    letter = db.session.get_one(Letter, invitation.letter_id)
    coalition = db.session.get_one(Coalition, letter.coalition_id)
    try:
        check_open(letter.state, letter.deadline_at, at)
    except LetterNotOpen as refusal:
        raise ObsoleteMail(_("Not sent: %(reason)s", reason=str(refusal))) from refusal
    text, staff = newest_revision(letter.id).text, db.session.get(Staff, invitation.invited_by_id or 0)
    mailbox = mailbox_number(invitation.mailbox_hash)
    printed = printed_line(signatory_from_facts(invitation.line), text)
    return {
        "title": text.title, "language": text.language, "letter": letter_url(letter.slug), "coalition": coalition.name,
        "accent": coalition.accent, "zone": letter.deadline_zone, "deadline_at": letter.deadline_at,
        "printed": (printed.name.text, printed.detail.text), "by": staff.name if staff else "",
        "organization": invitation.line.get("organization", ""), "signer": invitation.line.get("signer_name", ""),
        "again": is_reminder, "counts": letter.counts,
        "link": signed_url(Purpose.INVITED, invitation.id, mailbox, since=invitation.invited_at),
        "until": at + LIFETIMES[Purpose.INVITED],
    }  # fmt: skip
