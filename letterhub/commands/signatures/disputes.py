"""Dispute by someone who reads mail at an organization's domain: another signature in its name is not its own."""

import datetime as dt

from letterhub.commands.signatures._disputes import dispute
from letterhub.commands.signatures._steps import locked_beside
from letterhub.infrastructure.db import one_transaction
from letterhub.queries.signatures.second_confirmation import said_not_ours


@one_transaction
def say_not_ours(signature_id: int, *, seen: str, at: dt.datetime) -> None:
    """Mark the signature that holds the organization's place as not its own, and leave the given one free to sign.

    The other returns to the queue if the disputing mailbox is proven at least as well. Raises AlreadyConfirmed, CannotSignNow,
    CannotSecond, and ChangedMeanwhile if the line's version hash is not `seen`.
    """
    letter, signature, other = locked_beside(signature_id, seen, at)
    if said_not_ours(signature_id) != other.id:
        dispute(letter, other, signature, at)
