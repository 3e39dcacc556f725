"""Unsubscribing of a mailbox from a coalition's invitations, reminders and messages, and subscribing again."""

import datetime as dt

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Unsubscription


@one_transaction
def unsubscribe(coalition_id: int, recipient_hash: str, at: dt.datetime) -> None:
    """Unsubscribe a mailbox, by its hash. Mail that waits for it is not sent: that is checked as it leaves the outbox."""
    try:
        with db.session.begin_nested():
            db.session.add(Unsubscription(coalition_id=coalition_id, recipient_hash=recipient_hash, unsubscribed_at=at))
            db.session.flush()
    except IntegrityError:
        pass  # it unsubscribed before


@one_transaction
def subscribe_again(coalition_id: int, recipient_hash: str) -> None:
    """Take back that a mailbox unsubscribed."""
    of_mailbox = Unsubscription.coalition_id == coalition_id, Unsubscription.recipient_hash == recipient_hash
    db.session.execute(delete(Unsubscription).where(*of_mailbox))
