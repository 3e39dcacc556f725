"""Invitations of a letter for staff, and the template context of their mail. Behind its link: `received`."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from letterhub.domain.i18n import _
from letterhub.domain.invitations.invitation import (
    OPEN_OUTCOMES,
    OUTCOMES_WITH_SIGNATURE,
    REMINDER_DELAY,
    InvitationOutcome,
    invitation_outcome,
)
from letterhub.domain.letters.serialization import signatory_from_facts
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import MailKind, ObsoleteMail, SuppressionReason
from letterhub.domain.signatures.signing import LetterNotOpen, check_open
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import LIFETIMES, Purpose, hash_mailbox
from letterhub.mail.messages import letter_url, signed_url
from letterhub.models import Coalition, Invitation, Letter, MailSuppression, OutboxMessage, Staff
from letterhub.queries.invitations.invitees import Invitee, SignatureOnLetter, signatures_of_invitees
from letterhub.queries.invitations.received import mailbox_number
from letterhub.queries.letters.revisions import newest_revision
from letterhub.queries.mail.unsubscriptions import UnsubscribedMailboxes, unsubscribed_mailboxes
from letterhub.queries.paging import fetch_page
from letterhub.rendering.letter.signatory_list import line as printed_line

PAGE_SIZE = 100
NOT_SENT_BY_OUTCOME = {
    InvitationOutcome.UNCONFIRMED: _("Not sent: the form was submitted in the meantime."),
    InvitationOutcome.DECLINED: _("Not sent: the owner of this mailbox asked for no email about this letter."),
}


@dataclass(frozen=True, slots=True)
class ListedInvitation:
    """Invitation as staff see it. `signed_as` is the name on the letter if it differs from `organization`, otherwise ""."""

    id: int
    organization: str
    email: str
    invited_by: str
    invited_at: dt.datetime
    outcome: InvitationOutcome
    signed_as: str

    def is_reminder_due(self, at: dt.datetime) -> bool:
        """Return whether it is unanswered after some days and had no reminder yet."""
        return self.outcome is InvitationOutcome.WAITING and bool(self.email) and self.invited_at <= at - REMINDER_DELAY


@dataclass(frozen=True, slots=True)
class InvitationsPage:
    """Page of a letter's invitations; `total` is as in `fetch_page`."""

    invitations: tuple[ListedInvitation, ...]
    total: int
    is_counted: bool
    page: int
    has_next: bool

    @property
    def is_whole(self) -> bool:
        """Return whether these are all invitations."""
        return self.page == 1 and not self.has_next


def invitations_page(letter_id: int, page: int) -> InvitationsPage:
    """Return a page of the invitations to a letter, newest first."""
    query = select(Invitation.id).where(Invitation.letter_id == letter_id).order_by(Invitation.id.desc())
    found = fetch_page(query, page, PAGE_SIZE)
    invitations = invitations_of(letter_id, [invitation_id for (invitation_id,) in found.rows])
    return InvitationsPage(invitations, found.total, found.is_counted, found.page, found.has_next)


def invitations_of(letter_id: int, ids: Collection[int] | None = None) -> tuple[ListedInvitation, ...]:
    """Return the invitations to a letter with their outcomes, newest first; only those with these ids, if given.

    The list, its counts, reminders, mails and the form behind the link all use this function.
    """
    query = select(Invitation, Staff.name).outerjoin(Staff, Staff.id == Invitation.invited_by_id)
    query = query.where(Invitation.letter_id == letter_id).order_by(Invitation.id.desc())
    rows = db.session.execute(query if ids is None else query.where(Invitation.id.in_(ids))).all()
    invitees = [
        Invitee(
            invitation.line.get("organization", ""),
            invitation.line.get("website", ""),
            invitation.email,
            invitation.organization_id,
            invitation.signature_id,
        )
        for invitation, _inviter in rows
    ]
    signatures = signatures_of_invitees(letter_id, invitees)
    emails = [invitation.email for invitation, _inviter in rows]
    mails = _mail_counts(letter_id, emails if ids is not None and all(emails) else None)
    suppressions, unsubscribed = suppressions_by_mailbox(letter_id), unsubscribed_mailboxes(letter_id)
    return tuple(
        _listed_invitation(
            row.Invitation, row.name or "", signature, mails.get(row.Invitation.id, (0, 0)), suppressions, unsubscribed
        )
        for row, signature in zip(rows, signatures, strict=True)
    )


def suppressions_by_mailbox(letter_id: int) -> Mapping[str, SuppressionReason]:
    """Return the mail suppression reasons of a letter by mailbox hash; an owner's own request has priority."""
    rows = db.session.execute(
        select(MailSuppression.mailbox_hash, MailSuppression.reason).where(MailSuppression.letter_id == letter_id)
    ).all()
    owners_requests_last = sorted(rows, key=lambda row: row.reason is SuppressionReason.DISOWNED)
    return {row.mailbox_hash: row.reason for row in owners_requests_last}


def _mail_counts(letter_id: int, emails: Collection[str] | None) -> Mapping[int, tuple[int, int]]:
    """Return, by invitation id, how many of its mails are not canceled and how many failed; of mails to these addresses, if
    given."""
    id_column = OutboxMessage.parameters["invitation_id"].as_integer().label("number")
    not_canceled, failed = func.count().filter(OutboxMessage.cancelled_at.is_(None)), func.count(OutboxMessage.failed_at)
    query = select(id_column, not_canceled.label("not_canceled"), failed.label("failed")).group_by("number")
    query = query.where(OutboxMessage.kind == MailKind.INVITE)
    if emails is None:
        query = query.where(OutboxMessage.letter_id == letter_id)
    else:  # by the index of recipients
        recipients = {EmailAddress(email).canonical for email in emails}
        query = query.where(OutboxMessage.letter_id + 0 == letter_id, OutboxMessage.canonical_recipient.in_(recipients))
    return {row.number: (row.not_canceled, row.failed) for row in db.session.execute(query)}


def _listed_invitation(
    row: Invitation,
    invited_by: str,
    signature: SignatureOnLetter | None,
    mails: tuple[int, int],
    suppressions: Mapping[str, SuppressionReason],
    unsubscribed: UnsubscribedMailboxes,
) -> ListedInvitation:
    """Return an invitation with its outcome, from its signature, its mails, and what its mailbox asked for."""
    name, (not_canceled, failed) = str(row.line.get("organization", "")), mails
    suppression = suppressions.get(row.mailbox_hash)
    if not suppression and row.email:
        suppression = suppressions.get(hash_mailbox(row.letter_id, EmailAddress(row.email), as_spelled=True))
    outcome = invitation_outcome(
        signature.state if signature else None,
        declined=row.declined_at is not None or suppression is SuppressionReason.DISOWNED or row.email in unsubscribed,
        bounced=failed > 0 or suppression is SuppressionReason.BOUNCED,
        mails=not_canceled,
    )
    signed_as = ""
    if signature and outcome in OUTCOMES_WITH_SIGNATURE and signature.name != name:
        signed_as = signature.name
    return ListedInvitation(row.id, name, row.email, invited_by, row.invited_at, outcome, signed_as)


def invitation_mail_context(message: OutboxMessage, at: dt.datetime) -> dict[str, Any]:
    """Return the context of an invitation mail. Raises ObsoleteMail if the letter cannot be signed or the invitation was
    declined.
    """
    invitation = db.session.get(Invitation, message.parameters["invitation_id"])
    if invitation is None or not invitation.email or invitation.declined_at:
        raise ObsoleteMail(_("Not sent: the invitation was declined."))
    (listed,) = invitations_of(invitation.letter_id, [invitation.id])
    if listed.outcome not in OPEN_OUTCOMES:
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
        "title": text.title, "letter": letter_url(letter.slug), "coalition": coalition.name,
        "accent": coalition.accent, "zone": letter.deadline_zone, "deadline_at": letter.deadline_at,
        "printed": (printed.name.text, printed.detail.text), "by": staff.name if staff else "",
        "organization": invitation.line.get("organization", ""), "signer": invitation.line.get("signer_name", ""),
        "again": bool(message.parameters.get("again")),
        "link": signed_url(Purpose.INVITED, invitation.id, mailbox, since=invitation.invited_at),
        "until": at + LIFETIMES[Purpose.INVITED],
    }  # fmt: skip
