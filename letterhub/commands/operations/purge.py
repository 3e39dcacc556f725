"""Purge of expired personal data: unconfirmed signatures expire, contact data is erased after its retention period.

See docs/design/security.md.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, delete, select, update

from letterhub.commands.signatures._anonymization import (
    ADDRESS_ERASED,
    erase_contact,
    erase_invitation,
    erase_sign_off_mail,
    erase_unconfirmed_signature,
)
from letterhub.domain.audit.log import WORKER, ReferenceKind
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.operations.retention import UNUSED_CONTACTS, ErasableData
from letterhub.domain.states import SignatureMove, SignatureState
from letterhub.infrastructure.db import db, one_transaction
from letterhub.infrastructure.signed_links import hash_erased_address
from letterhub.models import (
    Contact,
    Letter,
    OutboxMessage,
    Signature,
    SubmissionOrigin,
    append_audit_entry,
    optimize_index,
)
from letterhub.queries.operations.retention import (
    copies_due_for_erasure,
    invitations_due_for_erasure,
    links_due_for_erasure,
    origins_due_for_erasure,
    sign_off_emails_due_for_erasure,
    sign_offs_due_for_erasure,
    signatures_due_for_erasure,
    unused_contacts,
    word_comments_due_for_erasure,
    word_suggestions_due_for_erasure,
)

BATCH_SIZE = 200


@one_transaction
def purge_expired_data(letter_id: int, data_kind: ErasableData, at: dt.datetime) -> int:
    """Erase a batch of one kind of a letter's expired data; return how many. The audit log says so.

    Callers repeat it until it returns 0. Then what was erased leaves the search index too.
    """
    letter = db.session.get_one(Letter, letter_id, with_for_update=True)
    purge = _PURGES.get(data_kind)
    count = purge(letter, at) if purge else _purge_signatures(letter, data_kind, at)
    if not count and data_kind in (ErasableData.ENTRIES, ErasableData.CONTACTS):
        optimize_index(db.session.connection())
    if count and data_kind is not ErasableData.NETWORKS:
        chain, after = ReferenceKind.LETTER.reference(letter_id), {"count": count, "what": str(data_kind)}
        append_audit_entry(db.session(), chain, WORKER, "erased", at=at, after=after)
    return count


@one_transaction
def purge_unused_contacts(at: dt.datetime) -> int:
    """Delete a batch of contacts that nobody used for a long time, with their people and history; return how many.

    Their invitations are erased with their letters. Callers repeat it until it returns 0.
    """
    rows = db.session.scalars(unused_contacts(at).order_by(Contact.id).limit(BATCH_SIZE).with_for_update()).all()
    counts = Counter(contact.coalition_id for contact in rows)
    db.session.execute(delete(Contact).where(Contact.id.in_([contact.id for contact in rows])))
    for coalition_id, count in sorted(counts.items()):
        chain, after = ReferenceKind.COALITION.reference(coalition_id), {"count": count, "what": UNUSED_CONTACTS}
        append_audit_entry(db.session(), chain, WORKER, "erased", at=at, after=after)
    return len(rows)


def _purge_signatures(letter: Letter, data_kind: ErasableData, at: dt.datetime) -> int:
    """Erase a batch of signatures: only the contact data, or everything if they were never confirmed. Return how many."""
    due = signatures_due_for_erasure(letter, data_kind, at).order_by(Signature.id).limit(BATCH_SIZE).with_for_update()
    rows = db.session.scalars(due).all()
    for signature in rows:
        if data_kind is ErasableData.CONTACTS:
            erase_contact(signature, at)
            continue
        if signature.state is SignatureState.PENDING:
            signature.move(SignatureMove.EXPIRE, at)
            chain, subject = ReferenceKind.LETTER.reference(letter.id), ReferenceKind.SIGNATURE.reference(signature.id)
            append_audit_entry(db.session(), chain, WORKER, "expired", at=at, subject=subject)
        erase_unconfirmed_signature(signature, at)
    return len(rows)


def _purge_invitations(letter: Letter, at: dt.datetime) -> int:
    rows = db.session.scalars(invitations_due_for_erasure(letter, at).limit(BATCH_SIZE).with_for_update()).all()
    for invitation in rows:
        erase_invitation(invitation, at)
    return len(rows)


def _purge_copy_addresses(letter: Letter, at: dt.datetime) -> int:
    """Erase the addresses of copies of deliveries from a batch of recipients, and from all emails to them; return how many."""
    rows = db.session.scalars(copies_due_for_erasure(letter, at).limit(BATCH_SIZE)).all()
    recipient_id = OutboxMessage.parameters["recipient_id"].as_integer()
    of_letter = (OutboxMessage.letter_id == letter.id, OutboxMessage.kind == MailKind.DELIVERY)
    messages = select(OutboxMessage).where(*of_letter, recipient_id.in_([row.id for row in rows]))
    for message in db.session.scalars(messages.with_for_update()).all():
        message.erase(hash_erased_address(letter.id, EmailAddress(message.recipient)), ADDRESS_ERASED, at)
    for row in rows:
        row.address = ""
    return len(rows)


def _deletion_of(select_due: Callable[[Letter, dt.datetime], Select[Any]]) -> Callable[[Letter, dt.datetime], int]:
    """Return a function that deletes a batch of the rows that are due and returns how many."""

    def purge(letter: Letter, at: dt.datetime) -> int:
        rows = db.session.scalars(select_due(letter, at).limit(BATCH_SIZE)).all()
        for row in rows:
            db.session.delete(row)
        return len(rows)

    return purge


def _purge_sign_offs(letter: Letter, at: dt.datetime) -> int:
    """Erase the persons of a batch of requests to agree to the draft; return how many."""
    rows = db.session.scalars(sign_offs_due_for_erasure(letter, at).limit(BATCH_SIZE).with_for_update()).all()
    for sign_off in rows:
        sign_off.erase()
    return len(rows)


def _purge_sign_off_emails(letter: Letter, at: dt.datetime) -> int:
    rows = db.session.scalars(sign_off_emails_due_for_erasure(letter, at).limit(BATCH_SIZE).with_for_update()).all()
    for message in rows:
        erase_sign_off_mail(message, at)
    return len(rows)


def _purge_networks(letter: Letter, at: dt.datetime) -> int:
    """Erase the network hashes of a batch of submissions; return how many."""
    signature_ids = [
        origin.signature_id for origin in db.session.scalars(origins_due_for_erasure(letter, at).limit(BATCH_SIZE))
    ]
    db.session.execute(update(SubmissionOrigin).where(SubmissionOrigin.signature_id.in_(signature_ids)).values(network_hash=""))
    return len(signature_ids)


_PURGES = {
    ErasableData.NETWORKS: _purge_networks,
    ErasableData.INVITATIONS: _purge_invitations,
    ErasableData.COPY_ADDRESSES: _purge_copy_addresses,
    ErasableData.LINKS: _deletion_of(links_due_for_erasure),
    ErasableData.SIGN_OFFS: _purge_sign_offs,
    ErasableData.SIGN_OFF_EMAILS: _purge_sign_off_emails,
    ErasableData.WORD_SUGGESTIONS: _deletion_of(word_suggestions_due_for_erasure),
    ErasableData.WORD_COMMENTS: _deletion_of(word_comments_due_for_erasure),
}
"""Functions that erase a batch of a kind of data of a letter and return how many; signatures have one of their own."""
