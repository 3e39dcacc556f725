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
from email.message import EmailMessage

from sqlalchemy import delete, update

from letterhub.clock import now
from letterhub.commands.editions.deliveries import remember_link
from letterhub.commands.mail._suppression import stop_mail
from letterhub.config import Settings
from letterhub.domain.editions.attachment_policy import Brought
from letterhub.domain.mail.outgoing_mail import CannotRetry, MailKind, MailState, NoLongerMeant, NotSent, Trouble, next_try
from letterhub.domain.mail.suppression import Why
from letterhub.infrastructure.db import db, end_of_reading, one_transaction
from letterhub.mail.messages import compose
from letterhub.mail.transport import Transport, transport_of
from letterhub.models import MailStop, OutboxLine, Signature
from letterhub.queries.abuse.submission_limits import ASKING
from letterhub.queries.mail.context import mailing
from letterhub.queries.mail.outbox import due, next_due

log = logging.getLogger(__name__)

LEASE = dt.timedelta(minutes=5)  # longer than the longest SMTP exchange about one mail
BATCH = 100  # mails over one connection


@dataclass(frozen=True, slots=True)
class Taken:
    """Outbox row claimed by this worker; `attempt` tells its lease from a later one."""

    line_id: int
    attempt: int


@dataclass(frozen=True, slots=True)
class MailRound:
    """Counts of one round of sending: mails sent, postponed, and failed or canceled.

    `server_trouble` is the mail server's error if it ended the round, otherwise "".
    """

    sent: int = 0
    put_off: int = 0
    ended: int = 0
    server_trouble: str = ""


def send_due(settings: Settings, going: Callable[[], bool] = lambda: True) -> int:
    """Send due mails as `send_round` does; return how many were sent."""
    return send_round(settings, going).sent


def send_round(settings: Settings, going: Callable[[], bool] = lambda: True) -> MailRound:
    """Send due mails one after the other over one connection, while `going()`.

    Stops early if the server is down, or broke off two mails in a row: the rows wait for the next call.
    """
    count: Counter[Trouble | None] = Counter()
    before: Trouble | None = None
    away = ""
    with transport_of(settings) as transport:
        for _ in range(BATCH):
            taken = take_next(now()) if going() else None
            if taken is None:
                break
            trouble, why = _send(taken, transport, settings.mail_from)
            count[trouble] += 1
            if trouble is Trouble.SERVER or before is trouble is Trouble.INTERRUPTED:
                away = why
                break
            before = trouble
    ended = count[Trouble.NEVER] + count[Trouble.NO_MAILBOX]
    return MailRound(count[None], count.total() - count[None] - ended, ended, away)


@one_transaction
def take_next(at: dt.datetime) -> Taken | None:
    """Claim the next due row, with an UPDATE that finds nothing if another worker was faster. Return None if none is due."""
    while (line_id := next_due(at)) is not None:
        lease = {OutboxLine.lease_until: at + LEASE, OutboxLine.attempts: OutboxLine.attempts + 1}
        attempt = db.session.scalar(
            update(OutboxLine)
            .where(OutboxLine.id == line_id, due(at))
            .values(lease)
            .returning(OutboxLine.attempts)
            .execution_options(synchronize_session=False)
        )
        if attempt is not None:
            return Taken(line_id, attempt)
    return None


def _send(taken: Taken, transport: Transport, sender: str) -> tuple[Trouble | None, str]:
    try:
        message = _composed(taken.line_id, sender)
        transport.send(message)
    except NotSent as trouble:
        if trouble.too_large and settle_too_large(taken, str(trouble), now()):
            return Trouble.LATER, str(trouble)
        settle_failure(taken, trouble.trouble, str(trouble), now())
        return trouble.trouble, str(trouble)
    except NoLongerMeant as reason:
        settle_cancelled(taken, str(reason), now())
        return Trouble.NEVER, str(reason)
    settle_sent(taken, now())
    return None, ""


def _composed(line_id: int, sender: str) -> EmailMessage:
    """Return the message of a row. An error of ours while composing it becomes NotSent, so that it does not hold up other
    mails.
    """
    at = now()
    try:
        return compose(mailing(line_id, at), sender, at)
    except NoLongerMeant:
        raise
    except Exception as fault:
        log.exception("mail %s could not be written", line_id)
        raise NotSent(Trouble.LATER, "This email could not be written. The worker’s log says why.") from fault
    finally:
        end_of_reading()


@one_transaction
def settle_sent(taken: Taken, at: dt.datetime) -> None:
    """Record that a mail was sent, and in the audit log too if it was sent otherwise than that says."""
    line = db.session.get(OutboxLine, taken.line_id, with_for_update=True)
    if line is not None and line.sent_at is None:
        line.send(at)
        if line.kind == MailKind.DELIVERY and line.brings_link_instead:
            remember_link(line, at)


@one_transaction
def settle_cancelled(taken: Taken, why: str, at: dt.datetime) -> None:
    """Record that a mail will not be sent, as its reason has passed. A password reset is deleted: strangers may have typed its
    address.
    """
    if (line := _still_ours(taken)) is None:
        return
    if line.kind == MailKind.RESET:
        db.session.delete(line)
    else:
        line.cancel(at, why)


@one_transaction
def settle_too_large(taken: Taken, why: str, at: dt.datetime) -> bool:
    """Send a mail again with a link in place of its attachment; return False if it had none."""
    line = _still_ours(taken)
    if line is None or line.brought is not Brought.ATTACHED:
        return False
    line.link_instead(at, why)
    return True


@one_transaction
def settle_failure(taken: Taken, trouble: Trouble, why: str, at: dt.datetime) -> None:
    """Record why a mail was refused, and when it is retried."""
    if (line := _still_ours(taken)) is None:
        return
    due_at = next_try(trouble, line.asked_at, line.deferrals, at, random.random())  # noqa: S311 - spreads load, hides nothing
    if due_at is None:
        line.fail(at, why)
        if trouble is Trouble.NO_MAILBOX and line.kind in ASKING and line.signature_id is not None:
            stop_mail(db.session.get_one(Signature, line.signature_id), Why.BOUNCED, at)
    else:
        line.postpone(due_at, why, trouble)


def _still_ours(taken: Taken) -> OutboxLine | None:
    """Return the row; None if it was canceled, or our lease ran out and another worker has it."""
    line = db.session.get(OutboxLine, taken.line_id, with_for_update=True)
    waits = line is not None and line.state is MailState.WAITING and line.attempts == taken.attempt
    return line if waits else None


@one_transaction
def retry_mail(line_id: int, coalition_id: int | None, at: dt.datetime) -> str:
    """Retry a failed mail of a coalition, or of any (None); return its recipient. Raises CannotRetry."""
    line = db.session.get(OutboxLine, line_id, with_for_update=True)
    if line is None or (coalition_id is not None and line.coalition_id != coalition_id):
        raise CannotRetry("There is no such email.")
    line.retry(at)
    bounced = (MailStop.signature_id == line.signature_id, MailStop.why == Why.BOUNCED)
    db.session.execute(delete(MailStop).where(*bounced))
    return line.recipient
