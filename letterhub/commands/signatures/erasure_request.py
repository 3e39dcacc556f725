"""Erasure on request: the signature ends; editions keep what they printed."""

import datetime as dt

from sqlalchemy import delete, select

from letterhub.commands.abuse._blocklist import add_to_blocklist, hold_matching
from letterhub.commands.changes._change_notices import record_objection
from letterhub.commands.signatures._anonymization import erase_contact, erase_person, erase_unconfirmed_signature
from letterhub.commands.signatures._notifications import notify_of_signatory_action
from letterhub.commands.signatures._shared_steps import audit_signatory_action, cancel_emails, lock_signature
from letterhub.domain.abuse.blocklist import BlockReason
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.signatures.review import SignatureEvent
from letterhub.domain.signatures.signing import AlreadyErased
from letterhub.domain.states import CONFIRMED_STATES, UNCONFIRMED_STATES, SignatureMove, SignatureState
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Inquiry, PressQuote
from letterhub.queries.editions.printing_editions import editions_printing
from letterhub.queries.signatures.proof_levels import proof_level_of

ENDABLE_STATES = CONFIRMED_STATES | UNCONFIRMED_STATES | {SignatureState.DECLINED}
"""All states from which staff, the clock or a link could return it to the list."""


@one_transaction
def erase_on_request(signature_id: int, at: dt.datetime) -> None:
    """Withdraw a signature, also a declined one, and erase its signatory's data.

    Its line is erased too, unless an edition printed it. If an inquiry to its organization is unanswered, it is put on the
    blocklist, as after a "no". Raises AlreadyErased.
    """
    letter, signature = lock_signature(signature_id)
    if signature.contact_erased_at is not None:
        raise AlreadyErased(_("This data has already been erased."))
    before = {"state": str(signature.state)}
    open_inquiries = select(Inquiry.id).where(Inquiry.signature_id == signature.id, Inquiry.answer.is_(None))
    if db.session.scalar(open_inquiries.limit(1)) is not None:
        add_to_blocklist([signature], BlockReason.UNANSWERED, at)
        hold_matching(signature, proof_level_of(signature), ReferenceKind.SIGNATORY.reference(signature.id), at)
    if signature.state in ENDABLE_STATES:
        notify_of_signatory_action(letter, signature, SignatureEvent.ERASED, at, listed=signature.published_at is not None)
        record_objection(signature, at)
        signature.move(SignatureMove.WITHDRAW, at)
    cancel_emails(signature, at)
    erase_person(signature, at)
    erase = erase_contact if editions_printing(signature_id, letter.id) else erase_unconfirmed_signature
    erase(signature, at)
    db.session.execute(delete(PressQuote).where(PressQuote.signature_id == signature.id))
    audit_signatory_action(signature, "erased", at, before, {"state": str(signature.state)})
