"""Dispute by someone who reads mail at an organization's domain: another signature in its name is not its own."""

import datetime as dt

from letterhub.commands.one_dispute import dispute
from letterhub.commands.one_signature import locked
from letterhub.db import db, one_transaction
from letterhub.domain.review import check_seen
from letterhub.domain.seconding import CannotSecond
from letterhub.domain.signing import AlreadyConfirmed, check_confirmable
from letterhub.domain.states import SignatureState
from letterhub.models import Signature
from letterhub.queries.seconding import said_not_ours, standing_beside

WAITS = frozenset({SignatureState.PENDING, SignatureState.EXPIRED})


@one_transaction
def say_not_ours(signature_id: int, *, seen: str, at: dt.datetime) -> None:
    """Mark the signature that holds the organization's place as not its own, and leave the given one free to sign.

    The other returns to the queue if the disputing mailbox is proven at least as well. Raises AlreadyConfirmed, CannotSignNow,
    CannotSecond, and ChangedMeanwhile if the line's version hash is not `seen`.
    """
    letter, signature = locked(signature_id)
    if signature.state not in WAITS:
        raise AlreadyConfirmed("This link has already been used.")
    check_confirmable(letter.term, signature.created_at, at)
    beside = standing_beside(signature_id)
    if beside is None:
        raise CannotSecond("That signature is no longer on the letter. You can sign it yourself.")
    other = db.session.get_one(Signature, beside.id, with_for_update=True)
    check_seen(other.signatory, seen)
    if said_not_ours(signature_id) != other.id:
        dispute(letter, other, signature, at)
