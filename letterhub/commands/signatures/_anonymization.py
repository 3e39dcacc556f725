"""Anonymization: personal data is erased; the line that a letter printed stays. See docs/design/security.md."""

import datetime as dt

from sqlalchemy import delete, select, update

from letterhub.domain.audit.references import Reference
from letterhub.domain.mail.email_addresses import mailbox_of
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.signatures.evidence import WITH_ADDRESS
from letterhub.infrastructure.db import db
from letterhub.mail.address_hashes import counted_as
from letterhub.models import Consent, EvidenceFact, Inquiry, Invitation, MailStop, OutboxLine, Seconder, Signature, Trace

ERASED = "Its address was erased."


def erase_contact(signature: Signature, at: dt.datetime) -> None:
    """Erase the address of a signature, and addresses asked about it, in all tables.

    The outbox keeps a keyed hash, so that rate limits still count its mails.
    """
    mine = (OutboxLine.signature_id == signature.id, OutboxLine.recipient != "")
    for line in db.session.scalars(select(OutboxLine).where(*mine).with_for_update()):
        theirs = line.recipient if line.kind == MailKind.INQUIRY else signature.email or line.recipient
        line.forget(counted_as(signature.letter_id, theirs), ERASED, at)
    forgotten = {"network_key": "", "mail_domain": ""}
    db.session.execute(update(Trace).where(Trace.signature_id == signature.id).values(forgotten))
    with_address = (EvidenceFact.signature_id == signature.id, EvidenceFact.kind.in_(WITH_ADDRESS))
    db.session.execute(update(EvidenceFact).where(*with_address).values(facts={}))
    db.session.execute(update(Inquiry).where(Inquiry.signature_id == signature.id).values(address=""))
    for invitation in db.session.scalars(select(Invitation).where(Invitation.signature_id == signature.id).with_for_update()):
        erase_invitation(invitation, at)
    _forget_seconding(signature, at)
    signature.forget_contact(at)


def _forget_seconding(entry: Signature, at: dt.datetime) -> None:
    """End the notices to a second person, and erase the mailbox domain from the facts that came from this entry."""
    rows = db.session.scalars(select(Seconder).where(Seconder.entry_id == entry.id).with_for_update()).all()
    for row in rows:
        row.ended_at = row.ended_at or at
    said = (EvidenceFact.signature_id.in_([row.signature_id for row in rows]), EvidenceFact.kind.in_(WITH_ADDRESS))
    if rows:
        hers = EvidenceFact.source == Reference.SIGNATORY.to(entry.id)
        db.session.execute(update(EvidenceFact).where(*said, hers).values(facts={}))


def erase_invitation(invitation: Invitation, at: dt.datetime) -> None:
    """Erase an invitation's address and the prefilled line."""
    mine = (OutboxLine.mailbox == mailbox_of(invitation.email), OutboxLine.kind == MailKind.INVITE)
    of_letter = OutboxLine.letter_id + 0 == invitation.letter_id  # "+ 0": the index on mailbox matches fewer rows
    for line in db.session.scalars(select(OutboxLine).where(*mine, of_letter).with_for_update()):
        line.forget(invitation.mailbox_key, ERASED, at)
    invitation.email, invitation.name_key, invitation.line = "", "", {}


def erase_entry(signature: Signature, at: dt.datetime) -> None:
    """Erase everything typed for a signature that was never confirmed, and so never printed."""
    erase_contact(signature, at)
    db.session.execute(update(MailStop).where(MailStop.signature_id == signature.id).values(name=""))
    db.session.execute(update(EvidenceFact).where(EvidenceFact.signature_id == signature.id).values(facts={}))
    db.session.execute(delete(Consent).where(Consent.signature_id == signature.id))
    signature.forget_line()
