"""Erasure on request: the signature ends; editions keep what they printed."""

import datetime as dt

from sqlalchemy import select

from letterhub.commands.abuse._blocklist import hold_its_like, turn_away
from letterhub.commands.signatures._anonymization import erase_contact, erase_entry
from letterhub.commands.signatures._notifications import tell_of_signatory
from letterhub.commands.signatures._steps import cancel_mail, locked, remember_signatory
from letterhub.domain.abuse.blocklist import Turned
from letterhub.domain.audit.references import Reference
from letterhub.domain.signatures.happenings import Happening
from letterhub.domain.signatures.signing import ErasedAlready
from letterhub.domain.states import STANDING, SignatureMove, SignatureState
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Inquiry, Signature
from letterhub.queries.signatures.data_export import editions_with
from letterhub.queries.signatures.proof_levels import proof_of

ENDS = STANDING | {SignatureState.PENDING, SignatureState.EXPIRED, SignatureState.OUTDATED, SignatureState.DECLINED}
"""All states from which staff, the clock or a link could return it to the list."""


@one_transaction
def erase_own_data(signature_id: int, at: dt.datetime) -> None:
    """Withdraw a signature, also a declined one, and erase its signatory's data.

    Its line is erased too, unless an edition printed it. If an inquiry to its organization is unanswered, it is put on the
    blocklist, as after a "no". Raises ErasedAlready.
    """
    letter, signature = locked(signature_id)
    if signature.contact_erased_at is not None:
        raise ErasedAlready("This data has already been erased.")
    before = {"state": str(signature.state)}
    if _is_asked_about(signature):
        turn_away([signature], Turned.UNANSWERED, at)
        hold_its_like(signature, proof_of(signature), Reference.SIGNATORY.to(signature.id), at)
    if signature.state in ENDS:
        tell_of_signatory(letter, signature, Happening.ERASED, at, listed=signature.published_at is not None)
        signature.move(SignatureMove.WITHDRAW, at)
    cancel_mail(signature, at)
    erase = erase_contact if editions_with(signature_id, letter.id) else erase_entry
    erase(signature, at)
    remember_signatory(signature, "erased", at, before, {"state": str(signature.state)})


def _is_asked_about(signature: Signature) -> bool:
    asked = select(Inquiry.id).where(Inquiry.signature_id == signature.id, Inquiry.answer.is_(None))
    return db.session.scalar(asked.limit(1)) is not None
