"""Anonymization: personal data is erased; the line that a letter printed stays. See docs/design/security.md."""

import datetime as dt

from sqlalchemy import ScalarSelect, delete, select, update

from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.press.quotes import QuoteState
from letterhub.domain.signatures.evidence import FACTS_WITH_ADDRESS
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import hash_erased_address, hash_mailbox
from letterhub.models import (
    Consent,
    Contact,
    ContactEntry,
    ContactPerson,
    EvidenceDocument,
    EvidenceFact,
    Inquiry,
    Invitation,
    Letter,
    MailSuppression,
    OutboxMessage,
    PressQuote,
    Seconder,
    Signature,
    SignaturePicture,
    SignOff,
    SubmissionOrigin,
    WebhookDelivery,
)

ADDRESS_ERASED = _("Its address was erased.")


def erase_person(signature: Signature, at: dt.datetime) -> None:
    """Erase a signatory from the coalition's contacts, as they asked: the person at their mailbox, its invitations to all
    letters, requests to agree to drafts, and the notes about that contact, which may name them."""
    if not signature.email:
        return
    coalition_id = select(Letter.coalition_id).where(Letter.id == signature.letter_id).scalar_subquery()
    contacts = select(Contact.id).where(Contact.coalition_id == coalition_id)
    letters = select(Letter.id).where(Letter.coalition_id == coalition_id)
    mailbox = EmailAddress(signature.email).canonical
    persons = select(ContactPerson).where(ContactPerson.canonical_email == mailbox, ContactPerson.contact_id.in_(contacts))
    for person in db.session.scalars(persons).all():
        db.session.execute(update(ContactEntry).where(ContactEntry.contact_id == person.contact_id).values(text=""))
        db.session.execute(update(Invitation).where(Invitation.contact_id == person.contact_id).values(answer_reason=""))
        db.session.delete(person)
    invitations = select(Invitation).where(Invitation.letter_id.in_(letters), Invitation.canonical_email == mailbox)
    for invitation in db.session.scalars(invitations.with_for_update()).all():
        erase_invitation(invitation, at)
    _erase_sign_offs(coalition_id, EmailAddress(signature.email), at)


def _erase_sign_offs(coalition_id: ScalarSelect[int], address: EmailAddress, at: dt.datetime) -> None:
    """Erase a mailbox from the requests to agree to a coalition's drafts, which end where the letter is still a draft."""
    asked = (
        select(SignOff, Letter.state).join(Letter, Letter.id == SignOff.letter_id).where(Letter.coalition_id == coalition_id)
    )
    for sign_off, state in db.session.execute(asked.with_for_update(of=SignOff)).all():
        if sign_off.mailbox_hash != hash_mailbox(sign_off.letter_id, address):
            continue
        if state is LetterState.DRAFT:
            db.session.delete(sign_off)
        else:
            sign_off.erase()
    of_mailbox = (OutboxMessage.canonical_recipient == address.canonical, OutboxMessage.kind == MailKind.SIGN_OFF)
    messages = select(OutboxMessage).where(*of_mailbox, OutboxMessage.coalition_id + 0 == coalition_id)
    for message in db.session.scalars(messages.with_for_update()).all():
        erase_sign_off_mail(message, at)


def erase_sign_off_mail(message: OutboxMessage, at: dt.datetime) -> None:
    """Erase the address of an email that asked a lead to agree to a draft."""
    message.erase(hash_erased_address(message.letter_id or 0, EmailAddress(message.recipient)), ADDRESS_ERASED, at)


def erase_contact(signature: Signature, at: dt.datetime) -> None:
    """Erase the address of a signature, addresses asked about it, its copy among contacts, its scan, the note and file that
    staff added it with, quotes that it did not approve, and what webhooks were told, in all tables. Notices to a second person
    end.

    The outbox keeps a keyed hash, so that rate limits still count its mails.
    """
    of_signature = (OutboxMessage.signature_id == signature.id, OutboxMessage.recipient != "")
    for message in db.session.scalars(select(OutboxMessage).where(*of_signature).with_for_update()):
        address = message.recipient if message.kind == MailKind.INQUIRY else signature.email or message.recipient
        message.erase(hash_erased_address(signature.letter_id, EmailAddress(address)), ADDRESS_ERASED, at)
    erased_values = {"network_hash": "", "mail_domain": ""}
    db.session.execute(update(SubmissionOrigin).where(SubmissionOrigin.signature_id == signature.id).values(erased_values))
    erase_facts = update(EvidenceFact).where(EvidenceFact.kind.in_(FACTS_WITH_ADDRESS)).values(facts={})
    db.session.execute(erase_facts.where(EvidenceFact.signature_id == signature.id))
    db.session.execute(update(Inquiry).where(Inquiry.signature_id == signature.id).values(address=""))
    for invitation in db.session.scalars(select(Invitation).where(Invitation.signature_id == signature.id).with_for_update()):
        erase_invitation(invitation, at)
    own_entries = select(Seconder).where(Seconder.own_signature_id == signature.id).with_for_update()
    if seconders := db.session.scalars(own_entries).all():
        for seconder in seconders:
            seconder.ended_at = seconder.ended_at or at
        seconded_ids = [seconder.signature_id for seconder in seconders]
        is_from_entry = EvidenceFact.source == ReferenceKind.SIGNATORY.reference(signature.id)
        db.session.execute(erase_facts.where(EvidenceFact.signature_id.in_(seconded_ids), is_from_entry))
    db.session.execute(delete(ContactPerson).where(ContactPerson.copied_from_id == signature.id))
    for private in (SignaturePicture, EvidenceDocument):
        db.session.execute(delete(private).where(private.signature_id == signature.id))
    deliveries = update(WebhookDelivery).where(WebhookDelivery.signature_id == signature.id)
    db.session.execute(deliveries.values(request="", answer=""))
    unapproved = (PressQuote.signature_id == signature.id, PressQuote.state != QuoteState.APPROVED)
    db.session.execute(delete(PressQuote).where(*unapproved))
    signature.clear_contact(at)


def erase_invitation(invitation: Invitation, at: dt.datetime) -> None:
    """Erase an invitation's address, the prefilled line, and what staff wrote about its answer."""
    of_mailbox = (
        OutboxMessage.canonical_recipient == EmailAddress(invitation.email).canonical,
        OutboxMessage.kind == MailKind.INVITE,
    )
    of_letter = OutboxMessage.letter_id + 0 == invitation.letter_id  # "+ 0": the index on mailbox matches fewer rows
    for message in db.session.scalars(select(OutboxMessage).where(*of_mailbox, of_letter).with_for_update()):
        message.erase(invitation.mailbox_hash or "", ADDRESS_ERASED, at)
    invitation.erase()


def erase_unconfirmed_signature(signature: Signature, at: dt.datetime) -> None:
    """Erase everything typed for a signature that was never confirmed, and so never printed."""
    erase_contact(signature, at)
    db.session.execute(update(MailSuppression).where(MailSuppression.signature_id == signature.id).values(signer_name=""))
    db.session.execute(update(EvidenceFact).where(EvidenceFact.signature_id == signature.id).values(facts={}))
    db.session.execute(delete(Consent).where(Consent.signature_id == signature.id))
    signature.clear_line()
