"""Delivery of webhooks, with retries, as email is sent.

A row is claimed under a lease in one transaction and settled in another; the request is made between the two, in none. If a
worker dies there, another sends it again once the lease has run out, under the same webhook-id. So each event arrives at least
once, and receivers tell repetitions by its id. Everyone locks a webhook before its deliveries.

See docs/design/programs/webhooks.md.
"""

import datetime as dt
import logging
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version

from sqlalchemy import select, update

from letterhub.clock import now
from letterhub.commands.webhooks._webhook_steps import append_webhook_entry, email_owners, make_waiting_due
from letterhub.domain.audit.log import WORKER
from letterhub.domain.i18n import _
from letterhub.domain.webhooks.deliveries import ACTIVE_AGAIN_AFTER, FIRST_WAIT, GONE, DeliveryState, next_attempt_at
from letterhub.domain.webhooks.payload_signatures import signature_headers
from letterhub.domain.webhooks.targets import InvalidTarget, Target, parse_target
from letterhub.infrastructure.bounded_http import ServerUnavailable, TooManyCallers
from letterhub.infrastructure.db import db, end_read_transaction, one_transaction
from letterhub.infrastructure.public_http import HttpAnswer, PublicCaller
from letterhub.infrastructure.signed_links import UnreadableSecret, current_settings, unseal
from letterhub.models import Signature, Webhook, WebhookDelivery
from letterhub.queries.webhooks.due import due_condition, next_due_delivery
from letterhub.queries.webhooks.payloads import ObsoleteEvent, payload

log = logging.getLogger(__name__)

LEASE = dt.timedelta(minutes=1)  # longer than the longest request
DELIVERIES_PER_ROUND = 100


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """Delivery claimed by this worker; `attempt` tells its lease from a later one."""

    delivery_id: int
    webhook_id: int
    attempt: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """Outcome of an attempt: the body that was sent, the answer, None if none came, and why it failed, "" if it did not.

    An obsolete event is not sent again, and says nothing about its receiver. Neither does one that `is_postponed`, since slow
    receivers of others took all places: it is sent in a moment.
    """

    request: bytes = b""
    answer: HttpAnswer | None = None
    error: str = ""
    is_obsolete: bool = False
    is_postponed: bool = False


def deliver_due_webhooks(caller: PublicCaller, going: Callable[[], bool] = lambda: True) -> int:
    """Make due requests one after the other while `going()`; return how many were accepted."""
    counts: Counter[bool] = Counter()
    for _number in range(DELIVERIES_PER_ROUND):
        claim = claim_next_delivery(now()) if going() else None
        if claim is None:
            break
        started_at = now()
        outcome = _attempt(claim, caller, started_at)
        record_outcome(claim, outcome, started_at, now())
        counts[not outcome.error] += 1
    if counts:
        log.info("webhooks: %d accepted, %d failed", counts[True], counts[False])
    return counts[True]


@one_transaction
def claim_next_delivery(at: dt.datetime) -> ClaimedDelivery | None:
    """Claim the next due delivery, with an UPDATE that finds nothing if another worker was faster. Return None if none is
    due."""
    unsynchronized = {"synchronize_session": False}
    while (delivery_id := next_due_delivery(at)) is not None:
        webhook_id = select(WebhookDelivery.webhook_id).where(WebhookDelivery.id == delivery_id).scalar_subquery()
        lock_webhook = update(Webhook).where(Webhook.id == webhook_id).values(attempted_at=at)
        lease_delivery = (
            update(WebhookDelivery)
            .where(WebhookDelivery.id == delivery_id, due_condition(at))
            .values({WebhookDelivery.lease_until: at + LEASE, WebhookDelivery.attempts: WebhookDelivery.attempts + 1})
            .returning(WebhookDelivery.webhook_id, WebhookDelivery.attempts)
        )
        db.session.execute(lock_webhook, execution_options=unsynchronized)
        claimed = db.session.execute(lease_delivery, execution_options=unsynchronized).one_or_none()
        if claimed is not None:
            return ClaimedDelivery(delivery_id, *claimed)
    return None


def _attempt(claim: ClaimedDelivery, caller: PublicCaller, at: dt.datetime) -> Outcome:
    """Make the request of a claimed delivery. Whatever goes wrong is in the outcome, so that it holds up no other delivery."""
    body = b""
    try:
        target, headers, body = _prepare_request(claim, at)
        answer = caller.post(target, headers, body)
        return Outcome(body, answer, "" if 200 <= answer.status < 300 else _status_error(answer.status))
    except ServerUnavailable as problem:
        return Outcome(body, error=_("The receiver did not take it: %(reason)s.", reason=str(problem).rstrip(".")))
    except TooManyCallers:
        return Outcome(error=_("Not sent yet: many receivers are slow at this moment."), is_postponed=True)
    except ObsoleteEvent:
        return Outcome(error=_("Not sent: what happened was undone, or is gone."), is_obsolete=True)
    except UnreadableSecret:
        return Outcome(error=_("The site’s key was replaced, so this webhook can’t sign. Make a new secret."))
    except InvalidTarget as refusal:
        return Outcome(error=str(refusal))
    except Exception:
        log.exception("webhook delivery %s could not be made", claim.delivery_id)
        return Outcome(body, error=_("The request could not be made. The worker’s log says why."))
    finally:
        end_read_transaction()


def _prepare_request(claim: ClaimedDelivery, at: dt.datetime) -> tuple[Target, dict[str, str], bytes]:
    """Return target, headers and body of a delivery's request. Raises ObsoleteEvent, UnreadableSecret, InvalidTarget."""
    delivery = db.session.get(WebhookDelivery, claim.delivery_id)
    webhook = db.session.get(Webhook, claim.webhook_id)
    if delivery is None or webhook is None:
        raise ObsoleteEvent
    secrets = [unseal(webhook.secret)]
    if webhook.former_secret and webhook.former_until is not None and at < webhook.former_until:
        secrets.append(unseal(webhook.former_secret))
    settings = current_settings()
    body = payload(delivery, webhook, at)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"Letterhub/{version('letterhub')} (+{settings.public_url})",
        **signature_headers(delivery.message_id, int(at.timestamp()), body, secrets),
    }
    target = parse_target(webhook.url, allows_loopback=settings.webhooks_to_loopback)
    end_read_transaction()  # before the wait
    return target, headers, body


def _status_error(status: int) -> str:
    """Return the sentence for an answer that is no success."""
    if 300 <= status < 400:
        return _("The receiver answered with %(status)s: redirects aren’t followed. Enter the final address.", status=status)
    return _("The receiver answered with %(status)s.", status=status)


@one_transaction
def record_outcome(claim: ClaimedDelivery, outcome: Outcome, started_at: dt.datetime, at: dt.datetime) -> None:
    """Record what came of an attempt: accepted, retried later, or given up, which pauses a receiver that took nothing since.

    Nothing is recorded if our lease ran out and another worker has it, unless it was accepted.
    """
    webhook = db.session.get(Webhook, claim.webhook_id, with_for_update=True, populate_existing=True)
    delivery = db.session.get(WebhookDelivery, claim.delivery_id, with_for_update=True, populate_existing=True)
    if webhook is None or delivery is None:
        return
    is_ours = delivery.state is DeliveryState.WAITING and delivery.attempts == claim.attempt
    if not is_ours and (outcome.error or delivery.state is DeliveryState.ACCEPTED):
        return
    webhook.attempted_at = at + (at - started_at)
    delivery.attempted_at, delivery.seconds = started_at, (at - started_at).total_seconds()
    was_erased = _was_erased_since(delivery, started_at)
    delivery.request = "" if was_erased else outcome.request.decode()
    delivery.status = outcome.answer.status if outcome.answer else None
    delivery.answer = _printable(outcome.answer.content) if outcome.answer and not was_erased else ""
    if outcome.is_obsolete:
        delivery.fail(at, outcome.error)
    elif outcome.is_postponed:
        delivery.postpone(at + FIRST_WAIT, outcome.error)
    elif not outcome.error:
        was_away = webhook.failures >= ACTIVE_AGAIN_AFTER
        webhook.record_success(at)
        delivery.accept(at)
        if was_away:
            make_waiting_due(webhook, at)
    else:
        _record_failure(webhook, delivery, outcome, at)


def _was_erased_since(delivery: WebhookDelivery, at: dt.datetime) -> bool:
    """Return whether the data of a delivery's signatory was erased after a moment: what was sent then may hold the name."""
    if delivery.signature_id is None:
        return False
    erased_at = db.session.scalar(select(Signature.contact_erased_at).where(Signature.id == delivery.signature_id))
    return erased_at is not None and erased_at > at


def _record_failure(webhook: Webhook, delivery: WebhookDelivery, outcome: Outcome, at: dt.datetime) -> None:
    """Record a failed attempt, and pause the webhook if its receiver is gone, or took nothing for three days."""
    webhook.record_failure(at)
    delivery.failures += 1
    due_at = next_attempt_at(delivery.requested_at, delivery.failures, at, random.random())  # noqa: S311 - spreads load
    is_gone = outcome.answer is not None and outcome.answer.status == GONE
    if due_at is not None:
        delivery.postpone(due_at, outcome.error)
    else:
        delivery.fail(at, outcome.error)
    took_nothing = webhook.accepted_at is None or webhook.accepted_at < delivery.requested_at
    if webhook.paused_at is None and (is_gone or (due_at is None and took_nothing)):
        webhook.pause(at, outcome.error)
        append_webhook_entry(webhook, "webhook paused", WORKER, at, {"reason": outcome.error})
        email_owners(webhook, at)


def _printable(content: bytes) -> str:
    """Return an answer as text that every database stores and a page can show."""
    text = content.decode("utf-8", "replace").replace("\r\n", "\n")
    return "".join(letter if letter.isprintable() or letter in "\n\t" else "\N{REPLACEMENT CHARACTER}" for letter in text)
