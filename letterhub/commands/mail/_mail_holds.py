"""Shared steps for mail: held on a bulk decline, released by its undo, suppressed for a mailbox, and tests to oneself limited.

See docs/design/mail.md.
"""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Select, func, select

from letterhub.commands.signatures._shared_steps import cancel_emails, email_signatories
from letterhub.domain.i18n import _
from letterhub.domain.mail.email_addresses import EmailAddress, own_domain
from letterhub.domain.mail.mail_words import InvalidWords
from letterhub.domain.mail.outgoing_mail import MailKind, MailState, SuppressionReason
from letterhub.domain.signatures.signing import may_confirm
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import hash_mailbox
from letterhub.models import Letter, MailSuppression, OutboxMessage, Signature

HELD_ERROR = _("Not sent: declined together with others from the same source.")

TESTS_PER_HOUR = 20

SignatureIds = Select[int]
"""Subquery of signature ids, as there may be more than fit into bound parameters."""


def hold_mail(signature_ids: SignatureIds, at: dt.datetime) -> None:
    """Cancel the waiting mails of declined signatures, until they are restored."""
    for message in _unsent_messages(signature_ids):
        if message.state is MailState.WAITING:
            message.cancel(at, HELD_ERROR)


def release_mail(letter: Letter, restored: Sequence[Signature], signature_ids: SignatureIds, at: dt.datetime) -> frozenset[int]:
    """Send held mails of restored signatures after all, and queue a request to confirm the changed text to each outdated one.

    `restored` is a subset of `signature_ids`. Nobody is asked who may no longer confirm, or twice if a request is waiting.
    Return the ids of the signatures whose signatories are asked, by a new request or a waiting one.
    """
    restored_ids = {signature.id for signature in restored}
    waiting_ids: set[int | None] = set()
    for message in _unsent_messages(signature_ids):
        is_held = message.state is MailState.CANCELLED and message.error == HELD_ERROR
        if message.signature_id in restored_ids and is_held:
            message.release(at)
        if message.kind == MailKind.RECONFIRM and message.state is MailState.WAITING:
            waiting_ids.add(message.signature_id)
    outdated = [signature for signature in restored if signature.state is SignatureState.OUTDATED and signature.email]
    recipients = [signature for signature in outdated if may_confirm(letter.signing_period, signature.created_at, at)]
    email_signatories(
        MailKind.RECONFIRM, [signature for signature in recipients if signature.id not in waiting_ids], letter, {}, at
    )
    return frozenset(signature.id for signature in recipients)


def _unsent_messages(signature_ids: SignatureIds) -> Sequence[OutboxMessage]:
    """Return the unsent mails of these signatures, locked in the usual order."""
    statement = (
        select(OutboxMessage)
        .where(OutboxMessage.signature_id.in_(signature_ids), OutboxMessage.sent_at.is_(None))
        .order_by(OutboxMessage.id)
    )
    return db.session.scalars(statement.with_for_update()).all()


def suppress_mail(signature: Signature, reason: SuppressionReason, at: dt.datetime) -> None:
    """Suppress mail about a letter to the signature's mailbox, and cancel what is waiting.

    A bounce counts for the exact address only: the one without its "+tag" may exist.
    """
    email, is_bounce = EmailAddress(signature.email), reason is SuppressionReason.BOUNCED
    db.session.add(
        MailSuppression(
            letter_id=signature.letter_id,
            signature_id=signature.id,
            mailbox_hash=hash_mailbox(signature.letter_id, email, as_spelled=is_bounce),
            reason=reason,
            signer_name=signature.signatory.name,
            domain=own_domain(signature.email),
            suppressed_at=at,
        )
    )
    cancel_emails(signature, at)


def check_test_limit(letter_id: int, address: str, at: dt.datetime) -> None:
    """Raise InvalidWords if a member of staff, whose row is locked, sent themselves many tests about a letter lately."""
    recent = select(func.count(OutboxMessage.id)).where(
        OutboxMessage.letter_id == letter_id, OutboxMessage.kind == MailKind.TEST,
        OutboxMessage.recipient == address, OutboxMessage.created_at > at - dt.timedelta(hours=1),
    )  # fmt: skip
    if (db.session.scalar(recent) or 0) >= TESTS_PER_HOUR:
        raise InvalidWords(_("You sent yourself many tests within an hour. Wait a while, or use the preview."))
