"""Second confirmation: another person of an organization, who filled in the form too, confirms or denies its signature.

See docs/design/signatures.md.
"""

import datetime as dt

from sqlalchemy import select

from letterhub.commands.signatures._evidence import record_dispute
from letterhub.commands.signatures._shared_steps import (
    audit_signatory_action,
    cancel_emails,
    lock_signature,
    lock_with_colleague,
)
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.signatures.evidence import Fact, FactKind, hash_line
from letterhub.domain.signatures.ownership_inquiries import CannotSecond
from letterhub.domain.signatures.review import check_line_version
from letterhub.domain.states import SignatureMove
from letterhub.infrastructure.db import db, one_transaction
from letterhub.mail.outbox import queue_mail
from letterhub.models import Seconder, Signature, add_evidence
from letterhub.queries.signatures.second_confirmation import disputed_signature_id, seconded_signature


@one_transaction
def confirm_as_second_person(signature_id: int, *, expected_version: str, at: dt.datetime) -> None:
    """Record that a second mailbox of the organization confirms its signature. The second person's own entry ends, and they are
    mailed a link of their own.

    Raises AlreadyConfirmed, LetterNotOpen, CannotSecond, and SignatureChanged if the line's version hash is another than
    `expected_version`.
    """
    letter, signature, confirmed = lock_with_colleague(signature_id, expected_version, at)
    source = ReferenceKind.SIGNATORY.reference(signature.id)
    domain = {"domain": signature.email.rpartition("@")[2]}
    add_evidence(db.session(), confirmed.id, Fact(FactKind.SECOND_PERSON, source, at, hash_line(confirmed.signatory), domain))
    signature.move(SignatureMove.WITHDRAW, at)
    cancel_emails(signature, at)
    db.session.add(Seconder(signature_id=confirmed.id, own_signature_id=signature.id, confirmed_at=at))
    queue_mail(
        MailKind.SECONDED, signature.email, {"seconded": confirmed.id}, at=at,
        coalition_id=letter.coalition_id, letter_id=letter.id, signature_id=signature.id,
    )  # fmt: skip
    audit_signatory_action(
        signature, "confirmed another", at, {}, {}, {"state": str(signature.state), "name": confirmed.signatory.name}
    )


@one_transaction
def dispute_signature(signature_id: int, *, expected_version: str, at: dt.datetime) -> None:
    """Record that an unconfirmed signatory denies the signature that holds their organization's place; they can still sign.

    The other returns to the queue if the disputing mailbox is proven at least as well. Raises AlreadyConfirmed, LetterNotOpen,
    CannotSecond, and SignatureChanged if the line's version hash is not `expected_version`.
    """
    letter, signature, disputed = lock_with_colleague(signature_id, expected_version, at)
    if disputed_signature_id(signature_id) != disputed.id:
        record_dispute(letter, disputed, signature, at)


@one_transaction
def stop_second_person_notices(entry_id: int, at: dt.datetime) -> None:
    """Stop notices to a second person about the signature they confirmed; the confirmation itself stays."""
    _letter, entry = lock_signature(entry_id)
    seconder = db.session.scalars(select(Seconder).where(Seconder.own_signature_id == entry.id).with_for_update()).one_or_none()
    if seconder is not None and seconder.ended_at is None:
        seconder.ended_at = at
        cancel_emails(entry, at)


@one_transaction
def undo_second_confirmation(entry_id: int, *, expected_version: str, at: dt.datetime) -> None:
    """Take a second confirmation back: the signature is not the organization's own after all.

    Raises CannotSecond if it is not in force, and SignatureChanged if the line's version hash is not `expected_version`.
    """
    letter, entry = lock_signature(entry_id)
    seconded = seconded_signature(entry_id)
    if seconded is None or not seconded.is_in_force or not entry.email:
        raise CannotSecond(_("That signature is no longer on the letter, so there is nothing left to say about it."))
    confirmed = db.session.get_one(Signature, seconded.id, with_for_update=True)
    check_line_version(confirmed.signatory, expected_version)
    if disputed_signature_id(entry_id) != confirmed.id:
        record_dispute(letter, confirmed, entry, at)
