"""A signatory has its own data erased: the signature ends, and what was printed and handed over stays."""

import datetime as dt

from letterhub.commands.erasing import erase_contact, erase_entry
from letterhub.commands.one_signature import cancel_mail, locked, remember_signatory
from letterhub.db import one_transaction
from letterhub.domain.signing import ErasedAlready
from letterhub.domain.states import STANDING, SignatureMove, SignatureState
from letterhub.queries.own_data import editions_with

ENDS = STANDING | {SignatureState.PENDING, SignatureState.EXPIRED, SignatureState.OUTDATED, SignatureState.DECLINED}
"""All from where staff, the clock or a link could lead it back into the list."""


@one_transaction
def erase_own_data(signature_id: int, at: dt.datetime) -> None:
    """Withdraws a signature, one that staff declined too, and erases what is known of its signatory.

    Its line is erased too, unless an edition prints it. Raises ErasedAlready.
    """
    letter, signature = locked(signature_id)
    if signature.contact_erased_at is not None:
        raise ErasedAlready("This data has already been erased.")
    before = {"state": str(signature.state)}
    if signature.state in ENDS:
        signature.move(SignatureMove.WITHDRAW, at)
    cancel_mail(signature, at)
    erase = erase_contact if editions_with(signature_id, letter.id) else erase_entry
    erase(signature, at)
    remember_signatory(signature, "erased", at, before, {"state": str(signature.state)})
