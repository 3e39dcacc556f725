"""A second person of an organization, who filled in the form too, confirms the signature that stands already."""

import datetime as dt

from letterhub.commands.one_signature import cancel_mail, locked, remember_signatory
from letterhub.db import db, one_transaction
from letterhub.domain.evidence import Fact, FactKind, about
from letterhub.domain.references import Reference
from letterhub.domain.review import check_seen
from letterhub.domain.seconding import CannotSecond
from letterhub.domain.signing import AlreadyConfirmed
from letterhub.domain.states import SignatureMove, SignatureState
from letterhub.models import Signature, find_out
from letterhub.queries.seconding import standing_beside

WAITS = frozenset({SignatureState.PENDING, SignatureState.EXPIRED})


@one_transaction
def confirm_too(signature_id: int, *, seen: str, at: dt.datetime) -> None:
    """Keeps that a second mailbox of the organization stands by the signature that is there; her own entry ends with that.

    Raises AlreadyConfirmed, CannotSecond, and ChangedMeanwhile where the line is not the one whose mark was `seen`.
    """
    _letter, signature = locked(signature_id)
    if signature.state not in WAITS:
        raise AlreadyConfirmed("This link has already been used.")
    beside = standing_beside(signature_id)
    if beside is None:
        raise CannotSecond("Your organization’s signature is no longer on the letter. You can sign it yourself.")
    other = db.session.get_one(Signature, beside.id, with_for_update=True)
    check_seen(other.signatory, seen)
    source = Reference.SIGNATORY.to(signature.id)
    domain = {"domain": signature.email.rpartition("@")[2]}
    find_out(db.session(), other.id, Fact(FactKind.SECOND_PERSON, source, at, about(other.signatory), domain))
    signature.move(SignatureMove.WITHDRAW, at)
    cancel_mail(signature, at)
    remember_signatory(
        signature, "confirmed another", at, {}, {}, {"state": str(signature.state), "name": other.signatory.name}
    )
