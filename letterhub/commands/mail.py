"""Sends what is due, and tries again what failed.

A line is taken under a lease in one transaction and settled in another; the conversation with the mail server happens
between the two, in none. A worker that dies in between leaves the lease behind: when it runs out, another worker sends the
line again, with the same Message-ID. So every mail leaves at least once, and twice only when a worker was killed.
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
from letterhub.commands.deliveries import remember_link
from letterhub.commands.mail_suppression import stop_mail
from letterhub.config import Settings
from letterhub.db import db, end_of_reading, one_transaction
from letterhub.domain.attaching import Brought
from letterhub.domain.mails import CannotRetry, MailKind, MailState, NoLongerMeant, NotSent, Trouble, next_try
from letterhub.domain.stops import Why
from letterhub.mail.messages import compose
from letterhub.mail.transport import Transport, transport_of
from letterhub.models import MailStop, OutboxLine, Signature
from letterhub.queries.mailings import mailing
from letterhub.queries.outbox import due, next_due
from letterhub.queries.submission_limits import ASKING

log = logging.getLogger(__name__)

LEASE = dt.timedelta(minutes=5)  # longer than the longest conversation about one mail
BATCH = 100  # mails over one connection


@dataclass(frozen=True, slots=True)
class Taken:
    """A line that this worker has: `attempt` tells its lease from a later one."""

    line_id: int
    attempt: int


@dataclass(frozen=True, slots=True)
class MailRound:
    """What became of the due mails that a worker took in one go: how many were sent, put off, and given up or cancelled.

    `server_trouble` is what the mail server, or its absence, says of itself where that ended the round; "" where it did not.
    """

    sent: int = 0
    put_off: int = 0
    ended: int = 0
    server_trouble: str = ""


def send_due(settings: Settings, going: Callable[[], bool] = lambda: True) -> int:
    """Sends due mails as `send_round` does; gives how many left."""
    return send_round(settings, going).sent


def send_round(settings: Settings, going: Callable[[], bool] = lambda: True) -> MailRound:
    """Sends due mails one after the other over one connection, while `going()`.

    Stops early where the server is away, or broke off two mails one after the other: the lines wait, and the next call tries
    it again.
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
    """Takes the line whose turn it is, by an UPDATE whose count of rows tells whether another worker was faster."""
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
    """The message of a line; a fault of ours in writing it must not hold up the mails behind it."""
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
    """Keeps that a mail left, in the record too where it left otherwise than that says."""
    line = db.session.get(OutboxLine, taken.line_id, with_for_update=True)
    if line is not None and line.sent_at is None:
        line.send(at)
        if line.kind == MailKind.DELIVERY and line.brings_link_instead:
            remember_link(line, at)


@one_transaction
def settle_cancelled(taken: Taken, why: str, at: dt.datetime) -> None:
    """Keeps that a mail will not leave, as its occasion has passed. Of addresses that strangers typed, nothing is kept."""
    if (line := _still_ours(taken)) is None:
        return
    if line.kind == MailKind.RESET:
        db.session.delete(line)
    else:
        line.cancel(at, why)


@one_transaction
def settle_too_large(taken: Taken, why: str, at: dt.datetime) -> bool:
    """Has a mail leave with a link in the place of its file, where it had one; says whether it had."""
    line = _still_ours(taken)
    if line is None or line.brought is not Brought.ATTACHED:
        return False
    line.link_instead(at, why)
    return True


@one_transaction
def settle_failure(taken: Taken, trouble: Trouble, why: str, at: dt.datetime) -> None:
    """Keeps why a mail was not taken, and when it is tried again."""
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
    """The line, unless it was cancelled, or our lease ran out and another worker took it."""
    line = db.session.get(OutboxLine, taken.line_id, with_for_update=True)
    waits = line is not None and line.state is MailState.WAITING and line.attempts == taken.attempt
    return line if waits else None


@one_transaction
def retry_mail(line_id: int, coalition_id: int | None, at: dt.datetime) -> str:
    """Asks for another try of a mail that failed, within a coalition or anywhere (None); gives its recipient."""
    line = db.session.get(OutboxLine, line_id, with_for_update=True)
    if line is None or (coalition_id is not None and line.coalition_id != coalition_id):
        raise CannotRetry("There is no such email.")
    line.retry(at)
    bounced = (MailStop.signature_id == line.signature_id, MailStop.why == Why.BOUNCED)
    db.session.execute(delete(MailStop).where(*bounced))
    return line.recipient
