"""Unsubscribing of a mailbox from a coalition's invitations, reminders and messages, and subscribing again."""

import datetime as dt

from sqlalchemy import delete, exists, select
from sqlalchemy.exc import IntegrityError

from letterhub.domain.interface_languages import spoken_language
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import MIN_SUBSCRIBE_INTERVAL, MailKind
from letterhub.infrastructure.db import db, one_transaction
from letterhub.infrastructure.signed_links import hash_recipient
from letterhub.mail.outbox import queue_mail
from letterhub.models import OutboxMessage, Unsubscription


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
def ask_to_subscribe(coalition_id: int, recipient_hash: str, email: str, at: dt.datetime) -> None:
    """Mail a link by which a mailbox subscribes again, if this is its address; at most one a day.

    The link that unsubscribes may have been forwarded: it says which mailbox, and proves nothing.
    """
    mailbox = EmailAddress(email)
    if hash_recipient(coalition_id, mailbox) != recipient_hash:
        return
    of_mailbox = Unsubscription.coalition_id == coalition_id, Unsubscription.recipient_hash == recipient_hash
    if db.session.scalar(select(Unsubscription.coalition_id).where(*of_mailbox).with_for_update()) is None:
        return
    recent = exists().where(
        OutboxMessage.canonical_recipient == mailbox.canonical, OutboxMessage.kind == MailKind.SUBSCRIBE,
        OutboxMessage.coalition_id == coalition_id, OutboxMessage.created_at > at - MIN_SUBSCRIBE_INTERVAL,
    )  # fmt: skip
    if not db.session.scalar(select(recent)):
        queue_mail(MailKind.SUBSCRIBE, email, {"language": spoken_language()}, at=at, coalition_id=coalition_id)


@one_transaction
def subscribe_again(coalition_id: int, recipient_hash: str) -> None:
    """Take back that a mailbox unsubscribed."""
    of_mailbox = Unsubscription.coalition_id == coalition_id, Unsubscription.recipient_hash == recipient_hash
    db.session.execute(delete(Unsubscription).where(*of_mailbox))
