"""Dispute by someone who reads mail at an organization's domain: another signature in its name is not its own."""

import datetime as dt

from letterhub.commands.signatures._disputes import record_dispute
from letterhub.commands.signatures._steps import locked_beside
from letterhub.infrastructure.db import one_transaction
from letterhub.queries.signatures.second_confirmation import disputed_signature_id


@one_transaction
def dispute_signature(signature_id: int, *, expected_version: str, at: dt.datetime) -> None:
    """Mark the signature that holds the organization's place as not its own, and leave the given one free to sign.

    The other returns to the queue if the disputing mailbox is proven at least as well. Raises AlreadyConfirmed, LetterNotOpen,
    CannotSecond, and SignatureChanged if the line's version hash is not `expected_version`.
    """
    letter, signature, other = locked_beside(signature_id, expected_version, at)
    if disputed_signature_id(signature_id) != other.id:
        record_dispute(letter, other, signature, at)
