"""Mailboxes that unsubscribed from a coalition, and the links by which they do."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from letterhub.domain.i18n import _
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import UNSUBSCRIBABLE, MailKind, ObsoleteMail
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import LinkContent, Purpose, hash_recipient
from letterhub.mail.messages import signed_url
from letterhub.models import Coalition, Letter, OutboxMessage, Unsubscription
from letterhub.queries.mail.notices import end_notices_url, notice_member


@dataclass(frozen=True, slots=True)
class Subscription:
    """Subscription of a mailbox to a coalition's invitations, reminders and messages.

    `unsubscribed_at` is None while it gets them.
    """

    coalition_id: int
    coalition: str
    recipient_hash: str
    unsubscribed_at: dt.datetime | None


class UnsubscribedMailboxes:
    """Mailboxes that unsubscribed from a coalition: `address in mailboxes`."""

    def __init__(self, coalition_id: int, hashes: frozenset[str]) -> None:
        self._coalition_id, self._hashes = coalition_id, hashes

    def __contains__(self, email: str) -> bool:
        return bool(self._hashes and email) and hash_recipient(self._coalition_id, EmailAddress(email)) in self._hashes


def unsubscribed_mailboxes(letter_id: int) -> UnsubscribedMailboxes:
    """Return the mailboxes that unsubscribed from the coalition of a letter."""
    rows = db.session.execute(
        select(Unsubscription.coalition_id, Unsubscription.recipient_hash)
        .join(Letter, Letter.coalition_id == Unsubscription.coalition_id)
        .where(Letter.id == letter_id)
    ).all()
    return UnsubscribedMailboxes(rows[0].coalition_id if rows else 0, frozenset(row.recipient_hash for row in rows))


def is_unsubscribed(coalition_id: int, email: str) -> bool:
    """Return whether a mailbox unsubscribed from a coalition."""
    return _unsubscribed_at(coalition_id, hash_recipient(coalition_id, EmailAddress(email))) is not None


def unsubscribe_url(coalition: Coalition, email: str) -> str:
    """Return the link by which a mailbox unsubscribes from a coalition.

    Its token holds the hash of the mailbox, so it works as long as any copy of the email, also once its address was erased.
    """
    recipient = int(hash_recipient(coalition.id, EmailAddress(email)), 16)
    return signed_url(Purpose.UNSUBSCRIBE, coalition.id, recipient, since=coalition.created_at)


def subscribe_mail_context(message: OutboxMessage, _at: dt.datetime) -> dict[str, Any]:
    """Return what the email has by which a mailbox subscribes again: a link that only this mailbox gets."""
    coalition = db.session.get_one(Coalition, message.coalition_id)
    recipient = int(hash_recipient(coalition.id, EmailAddress(message.recipient)), 16)
    link = signed_url(Purpose.SUBSCRIBE, coalition.id, recipient, since=coalition.created_at)
    return {
        "coalition": coalition.name,
        "accent": coalition.accent,
        "link": link,
        "language": message.parameters.get("language", ""),
    }


def unsubscribe_link(message: OutboxMessage) -> str:
    """Return the link that ends mail of this kind to its recipient; "" if none does. Raises ObsoleteMail if it was used."""
    if message.kind in (MailKind.NOTICE, MailKind.DIGEST):
        member = notice_member(message)
        return end_notices_url(member, member.staff)
    if message.kind not in UNSUBSCRIBABLE or message.coalition_id is None:
        return ""
    if is_unsubscribed(message.coalition_id, message.recipient):
        raise ObsoleteMail(
            _("Not sent: the owner of this mailbox unsubscribed from the coalition’s invitations, reminders and messages.")
        )
    return unsubscribe_url(db.session.get_one(Coalition, message.coalition_id), message.recipient)


def subscription_of(content: LinkContent) -> Subscription | None:
    """Return the subscription that an opened link is about; None if the coalition is gone. Raises InvalidLink."""
    coalition_id, recipient = content.subject
    coalition = db.session.get(Coalition, coalition_id)
    if coalition is None:
        return None
    content.check_same_row(coalition.created_at)
    recipient_hash = f"{recipient:032x}"
    return Subscription(coalition_id, coalition.name, recipient_hash, _unsubscribed_at(coalition_id, recipient_hash))


def _unsubscribed_at(coalition_id: int, recipient_hash: str) -> dt.datetime | None:
    query = select(Unsubscription.unsubscribed_at).where(Unsubscription.coalition_id == coalition_id)
    return db.session.scalar(query.where(Unsubscription.recipient_hash == recipient_hash))
