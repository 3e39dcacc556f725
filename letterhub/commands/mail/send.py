"""Sending of due mails, with retries.

A row is claimed under a lease in one transaction and settled in another; SMTP happens between the two, in none. If a worker
dies there, another sends the row again once the lease has run out, with the same Message-ID. So each mail is sent at least
once, and twice only if a worker was killed.

See docs/design/mail.md.
"""

import datetime as dt
import logging
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import delete, update

from letterhub.clock import now
from letterhub.commands.editions._delivery_steps import letter_id_of_mail, lock_letter, record_acceptance
from letterhub.commands.mail._mail_holds import suppress_mail
from letterhub.config import Settings
from letterhub.domain.editions.deliveries import AttachmentMode
from letterhub.domain.i18n import _
from letterhub.domain.mail.outgoing_mail import (
    CannotRetry,
    MailFailure,
    MailKind,
    MailNotAccepted,
    MailState,
    ObsoleteMail,
    SuppressionReason,
    next_attempt_at,
)
from letterhub.infrastructure.db import db, end_read_transaction, one_transaction
from letterhub.mail.messages import OutgoingMessage, outgoing_message
from letterhub.mail.transport import Transport, transport_for
from letterhub.models import MailSuppression, OutboxMessage, Signature
from letterhub.queries.abuse.submission_limits import CONFIRMATION_KINDS
from letterhub.queries.mail.outbox import due_condition, next_due_id
from letterhub.queries.mail.template_context import prepare_mail

log = logging.getLogger(__name__)

LEASE = dt.timedelta(minutes=5)  # longer than the longest SMTP exchange about one mail
MAILS_PER_CONNECTION = 100  # mails over one connection
BOUNCE_KINDS = frozenset({*CONFIRMATION_KINDS, MailKind.MESSAGE, MailKind.REPLY})
"""Kinds of which one without a mailbox ends mail to it about the letter."""


@dataclass(frozen=True, slots=True)
class ClaimedMail:
    """Outbox row claimed by this worker; `attempt` tells its lease from a later one."""

    outbox_message_id: int
    attempt: int
    kind: str


@dataclass(frozen=True, slots=True)
class SendRound:
    """Counts of one round of sending: mails sent, postponed, and failed or canceled.

    `server_error` is the mail server's error if it ended the round, otherwise "".
    """

    sent: int = 0
    postponed: int = 0
    abandoned: int = 0
    server_error: str = ""


def send_due_mail(settings: Settings, going: Callable[[], bool] = lambda: True) -> int:
    """Send due mails as `send_round` does; return how many were sent."""
    return send_round(settings, going).sent


def send_round(settings: Settings, going: Callable[[], bool] = lambda: True) -> SendRound:
    """Send due mails one after the other over one connection, while `going()`.

    Stops early if the server is down, or broke off two mails in a row: the rows wait for the next call.
    """
    counts: Counter[MailFailure | None] = Counter()
    failure_before: MailFailure | None = None
    server_error = ""
    with transport_for(settings) as transport:
        for _ in range(MAILS_PER_CONNECTION):
            claim = claim_next_mail(now()) if going() else None
            if claim is None:
                break
            failure, error = _send_claimed(claim, transport, settings.mail_from)
            counts[failure] += 1
            is_interrupted_again = failure is MailFailure.INTERRUPTED and failure_before is MailFailure.INTERRUPTED
            if failure is MailFailure.SERVER or is_interrupted_again:
                server_error = error
                break
            failure_before = failure
    abandoned = counts[MailFailure.PERMANENT] + counts[MailFailure.NO_MAILBOX]
    sent = counts[None]
    return SendRound(sent, counts.total() - sent - abandoned, abandoned, server_error)


@one_transaction
def claim_next_mail(at: dt.datetime) -> ClaimedMail | None:
    """Claim the next due row, with an UPDATE that finds nothing if another worker was faster. Return None if none is due."""
    while (outbox_message_id := next_due_id(at)) is not None:
        lease = {OutboxMessage.lease_until: at + LEASE, OutboxMessage.attempts: OutboxMessage.attempts + 1}
        claimed = db.session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id == outbox_message_id, due_condition(at))
            .values(lease)
            .returning(OutboxMessage.attempts, OutboxMessage.kind)
            .execution_options(synchronize_session=False)
        ).one_or_none()
        if claimed is not None:
            return ClaimedMail(outbox_message_id, *claimed)
    return None


def _send_claimed(claim: ClaimedMail, transport: Transport, sender: str) -> tuple[MailFailure | None, str]:
    """Send a claimed mail and record the outcome; return its failure and the error sentence, None and "" if it was sent."""
    try:
        message = _compose_claimed(claim.outbox_message_id, sender)
        reply = transport.send(message.message, message.recipient)
    except MailNotAccepted as refusal:
        if refusal.too_large and replace_attachment_with_link(claim, str(refusal), now()):
            return MailFailure.TEMPORARY, str(refusal)
        record_failure(claim, refusal.trouble, str(refusal), now())
        return refusal.trouble, str(refusal)
    except ObsoleteMail as reason:
        record_cancelled(claim, str(reason), now())
        return MailFailure.PERMANENT, str(reason)
    record_sent(claim, now(), reply)
    return None, ""


def _compose_claimed(outbox_message_id: int, sender: str) -> OutgoingMessage:
    """Return the message of an outbox row. Raises ObsoleteMail if its reason has passed.

    Any other error while composing it becomes MailNotAccepted, so that it does not hold up other mails.
    """
    at = now()
    try:
        return outgoing_message(prepare_mail(outbox_message_id, at), sender, at)
    except ObsoleteMail:
        raise
    except Exception as error:
        log.exception("mail %s could not be written", outbox_message_id)
        raise MailNotAccepted(
            MailFailure.TEMPORARY, _("This email could not be composed. The worker’s log says why.")
        ) from error
    finally:
        end_read_transaction()


@one_transaction
def record_sent(claim: ClaimedMail, at: dt.datetime, reply: str = "") -> None:
    """Record that a mail was sent, and that the server's reply to a delivery's email makes the letter delivered."""
    if claim.kind == MailKind.DELIVERY:
        lock_letter(letter_id_of_mail(claim.outbox_message_id))  # before its mail, as whoever cancels that does
    message = db.session.get(OutboxMessage, claim.outbox_message_id, with_for_update=True)
    if message is not None and message.sent_at is None:
        message.send(at)
        if message.kind == MailKind.DELIVERY:
            record_acceptance(message, reply, at)


@one_transaction
def record_cancelled(claim: ClaimedMail, reason: str, at: dt.datetime) -> None:
    """Record that a mail will not be sent, as its reason has passed. A password reset is deleted: strangers may have typed its
    address.
    """
    if (message := _lock_claimed_message(claim)) is None:
        return
    if message.kind == MailKind.RESET:
        db.session.delete(message)
    else:
        message.cancel(at, reason)


@one_transaction
def replace_attachment_with_link(claim: ClaimedMail, reason: str, at: dt.datetime) -> bool:
    """Send a mail again with a link in place of its attachment; return False if it had none."""
    message = _lock_claimed_message(claim)
    if message is None or message.attachment_mode is not AttachmentMode.ATTACHED:
        return False
    message.fall_back_to_link(at, reason)
    return True


@one_transaction
def record_failure(claim: ClaimedMail, failure: MailFailure, error: str, at: dt.datetime) -> None:
    """Record why a mail was refused, and when it is retried."""
    if (message := _lock_claimed_message(claim)) is None:
        return
    due_at = next_attempt_at(failure, message.requested_at, message.deferrals, at, random.random())  # noqa: S311 - spreads load, hides nothing
    if due_at is None:
        message.fail(at, error)
        if failure is MailFailure.NO_MAILBOX and message.kind in BOUNCE_KINDS and message.signature_id is not None:
            suppress_mail(db.session.get_one(Signature, message.signature_id), SuppressionReason.BOUNCED, at)
    else:
        message.postpone(due_at, error, failure)


def _lock_claimed_message(claim: ClaimedMail) -> OutboxMessage | None:
    """Return the row; None if it was canceled, or our lease ran out and another worker has it."""
    message = db.session.get(OutboxMessage, claim.outbox_message_id, with_for_update=True)
    is_ours = message is not None and message.state is MailState.WAITING and message.attempts == claim.attempt
    return message if is_ours else None


@one_transaction
def retry_mail(outbox_message_id: int, coalition_id: int | None, at: dt.datetime) -> str:
    """Retry a failed mail of a coalition, or of any (None); return its recipient. Raises CannotRetry, for a coalition's email
    that delivers an edition too: only organizers deliver, on the page that says what has changed since."""
    message = db.session.get(OutboxMessage, outbox_message_id, with_for_update=True)
    if message is None or (coalition_id is not None and message.coalition_id != coalition_id):
        raise CannotRetry(_("There is no such email."))
    if coalition_id is not None and message.kind == MailKind.DELIVERY:
        raise CannotRetry(_("This email delivers an edition. Organizers send it again on the letter’s Editions tab."))
    message.retry(at)
    bounces = (MailSuppression.signature_id == message.signature_id, MailSuppression.reason == SuppressionReason.BOUNCED)
    db.session.execute(delete(MailSuppression).where(*bounces))
    return message.recipient
