"""Blocklist of declined and denied signatures: add, return similar ones to review, and remove when staff undo.

See docs/design/signatures.md.
"""

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import ColumnElement, delete, insert, or_, select

from letterhub.domain.abuse.blocklist import BlockReason
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.letters.letter_document import SignatoryKind
from letterhub.domain.mail.email_addresses import EmailAddress, is_same_mailbox
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.signatures.proof_level import ProofLevel
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import blocklist_hashes
from letterhub.models import BlocklistEntry, OutboxMessage, Signature, append_audit_entry, delete_reviews
from letterhub.queries.signatures.proof_levels import proof_level_of

LISTED_STATES = (SignatureState.PUBLISHED, SignatureState.OUTDATED)
"""Listed, or outdated and about to return to the list."""


def add_to_blocklist(signatures: Iterable[Signature], reason: BlockReason, at: dt.datetime) -> None:
    """Put signatures on the blocklist: from now on, only staff publish the same organization, person, mailbox or mail domain.

    Staff's earlier approvals of these signatures are deleted.
    """
    signatures = list(signatures)
    delete_reviews(db.session(), [signature.id for signature in signatures])
    rows = [
        {"letter_id": signature.letter_id, "signature_id": signature.id, "key": key, "reason": reason, "blocked_at": at}
        for signature in signatures
        for key in dict.fromkeys(blocklist_hashes(signature.letter_id, signature.blocklist_keys))
    ]
    if rows:
        db.session.execute(insert(BlocklistEntry), rows)


def hold_matching(signature: Signature, level: ProofLevel, actor: str, at: dt.datetime) -> None:
    """Send listed signatures of the same person, mailbox or organization back to review, and log each as done by `actor`.

    One of the same organization from another mailbox stays listed if its proof is better than `level`. Signatures that only
    share the mail domain are flagged but stay: many people may have mailboxes there.
    """
    mailbox = EmailAddress(signature.email).canonical if signature.email else None
    mailed_ids = select(OutboxMessage.signature_id).where(
        OutboxMessage.canonical_recipient == mailbox,
        OutboxMessage.kind == MailKind.CONFIRM,
        OutboxMessage.letter_id == signature.letter_id,
    )
    same_signatory = [Signature.place_key == signature.own_place_key, Signature.id.in_(mailed_ids)]
    if signature.organization_id is not None:
        same_signatory.append(Signature.organization_id == signature.organization_id)
    other_listed = (
        Signature.letter_id == signature.letter_id,
        Signature.id != signature.id,
        Signature.state.in_(LISTED_STATES),
    )
    matches = db.session.scalars(
        select(Signature).where(*other_listed, or_(*same_signatory)).order_by(Signature.id).with_for_update()
    ).all()
    for match in matches:
        is_person = match.kind is SignatoryKind.INDIVIDUAL
        is_held = is_person or is_same_mailbox(match.email, signature.email) or proof_level_of(match) <= level
        if not is_held:
            continue
        before = match.state
        match.unlist_as_denied(at)
        if match.state is not before:
            append_audit_entry(
                db.session(), ReferenceKind.LETTER.reference(match.letter_id), actor, "held", at=at,
                subject=ReferenceKind.SIGNATURE.reference(match.id),
                before={"state": str(before)}, after={"state": str(match.state)},
            )  # fmt: skip


def remove_declines_from_blocklist(*conditions: ColumnElement[bool]) -> None:
    """Delete the blocklist entries that meet the conditions and came from declines. Denials by an organization stay."""
    db.session.execute(delete(BlocklistEntry).where(BlocklistEntry.reason == BlockReason.DECLINED, *conditions))
