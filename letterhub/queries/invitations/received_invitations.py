"""Invitation behind its link, and whether that link proves who reads the invited mailbox.

See docs/design/invitations.md.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import exists, select

from letterhub.domain.i18n import _
from letterhub.domain.invitations.invitation import MailboxNotProven
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.letters.serialization import signatory_from_facts
from letterhub.domain.mail.email_addresses import EmailAddress, is_same_mailbox
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.infrastructure.db import db
from letterhub.models import Invitation, OutboxMessage, Signature
from letterhub.queries.abuse.submission_limits import suppression_sentence
from letterhub.queries.letters.public_letter import PublicLetter, public_letter_by_id

MAILBOX_DIGITS = 12
"""Hexadecimal digits of a mailbox's hash that a link names, beside its signature."""


@dataclass(frozen=True, slots=True)
class ReceivedInvitation:
    """Invitation for the holder of its link. `signature_id` is the signature that it led to, None before; `mailbox` the number
    that links to its mailbox have."""

    id: int
    letter: PublicLetter
    line: Signatory
    email: str
    mailbox: int
    invited_at: dt.datetime
    declined_at: dt.datetime | None
    signature_id: int | None

    def is_for(self, email: str) -> bool:
        """Return whether it was mailed to this mailbox."""
        return is_same_mailbox(self.email, email)


def invitation_by_id(number: int) -> ReceivedInvitation | None:
    """Return the invitation with this id; None if there is none, or its data was erased."""
    row = db.session.get(Invitation, number)
    letter = public_letter_by_id(row.letter_id) if row else None
    if row is None or letter is None or not row.email:
        return None
    return ReceivedInvitation(
        id=row.id, letter=letter, line=signatory_from_facts(row.line), email=row.email,
        mailbox=mailbox_number(row.mailbox_hash), invited_at=row.invited_at, declined_at=row.declined_at,
        signature_id=row.signature_id,
    )  # fmt: skip


def mailbox_number(mailbox_hash: str | None) -> int:
    """Return the number of a mailbox in links to it; 0 without a mailbox."""
    return int(mailbox_hash[:MAILBOX_DIGITS], 16) if mailbox_hash else 0


def signature_by_invitation(invitation: ReceivedInvitation) -> Signature | None:
    """Return the confirmed signature that an invitation led to; None if it is unused."""
    signature = db.session.get(Signature, invitation.signature_id) if invitation.signature_id else None
    return signature if signature is not None and signature.confirmed_at is not None else None


def is_mailbox_proven(invitation: ReceivedInvitation, mailbox: int) -> bool:
    """Return whether a link with this number proves the mailbox of an invitation, see `check_mailbox_proven`."""
    try:
        check_mailbox_proven(db.session.get_one(Invitation, invitation.id), mailbox)
    except MailboxNotProven:
        return False
    return True


def check_mailbox_proven(invitation: Invitation, mailbox: int) -> None:
    """Raise MailboxNotProven unless the holder of a link with this number reads the invited mailbox: we mailed the link to it,
    and nobody asked there for no more mail. Links are made when a mail leaves, so that staff never see one.
    """
    proven = bool(invitation.email) and mailbox == mailbox_number(invitation.mailbox_hash) and _was_mailed(invitation)
    refused = invitation.declined_at or suppression_sentence(invitation.letter_id, EmailAddress(invitation.email))
    if not proven or refused:
        raise MailboxNotProven(_("Please sign with the form: we’ll email you a link to confirm."))


def _was_mailed(invitation: Invitation) -> bool:
    """Return whether a mail with the invitation's link was sent to its mailbox, or an attempt was made: it may have arrived."""
    mails = exists().where(
        OutboxMessage.canonical_recipient == EmailAddress(invitation.email).canonical,
        OutboxMessage.kind == MailKind.INVITE,
        OutboxMessage.attempts > 0,
        OutboxMessage.letter_id + 0 == invitation.letter_id,
        OutboxMessage.parameters["invitation_id"].as_integer() == invitation.id,
    )
    return bool(db.session.scalar(select(mails)))
