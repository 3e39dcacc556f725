"""Several workers, and killed ones: each event arrives at least once, and always under its id."""

import datetime as dt
import os
import signal
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.webhooks.deliver import (
    LEASE,
    Outcome,
    claim_next_delivery,
    deliver_due_webhooks,
    record_outcome,
)
from letterhub.commands.webhooks.webhooks import add_webhook, send_test_event
from letterhub.config import Settings
from letterhub.domain.webhooks.deliveries import MAX_TESTS_PER_HOUR, DeliveryState
from letterhub.domain.webhooks.events import EventType
from letterhub.domain.webhooks.targets import Target
from letterhub.infrastructure.db import db, one_transaction
from letterhub.infrastructure.public_http import HttpAnswer
from letterhub.models import WebhookDelivery
from tests.integration.webhooks.conftest import Hook
from tests.support import cast, factories
from tests.support.servers.webhook_receiver import Receiver, answer
from tests.support.servers.worker_process import TIMEOUT, run_worker, wait_until


def queue(hook: Hook, count: int = MAX_TESTS_PER_HOUR) -> set[str]:
    """Queue so many events, all due now; return their ids."""
    for _number in range(count):
        send_test_event(hook.coalition_id, hook.id, at=now())
    return {one.message_id for one in hook.deliveries}


def test_workers_at_once_send_each_event_once(app: Flask, hook: Hook, receiver: Receiver) -> None:
    ids = queue(hook)

    def work() -> None:
        with app.app_context():
            deliver_due_webhooks(hook.caller)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join(TIMEOUT)
    assert Counter(one.id for one in receiver.received) == dict.fromkeys(ids, 1)


def test_a_worker_that_lost_its_lease_cannot_undo_what_another_did(hook: Hook, clock: time_machine.Traveller) -> None:
    queue(hook, 1)
    slow = claim_next_delivery(now())
    assert slow is not None
    assert claim_next_delivery(now()) is None
    clock.shift(LEASE)
    quick = claim_next_delivery(now())
    assert quick is not None
    record_outcome(slow, Outcome(error="too late"), now(), now())
    assert hook.deliveries[0].error == ""
    record_outcome(quick, Outcome(), now(), now())
    record_outcome(slow, Outcome(error="too late"), now(), now())
    assert (hook.deliveries[0].state, hook.row.failures) == (DeliveryState.ACCEPTED, 0)


@one_transaction
def expire_leases() -> None:
    db.session.query(WebhookDelivery).filter(WebhookDelivery.lease_until.is_not(None)).update({"lease_until": now()})


@pytest.mark.shows("R2")
def test_a_worker_killed_in_the_middle_loses_no_event(hook: Hook, receiver: Receiver, settings: Settings) -> None:
    """It is killed while the receiver, which has the event already, hasn't answered yet."""
    ids, answers = queue(hook), threading.Event()
    settings = replace(settings, public_url="http://127.0.0.1:8000")  # where webhooks may call this machine

    def respond(handler: object) -> None:
        if len(receiver.received) == 10:
            answers.wait(TIMEOUT)
        answer(handler, 204)

    receiver.respond = respond
    with run_worker(settings) as worker:
        wait_until(lambda: len(receiver.received) == 10)
        os.kill(worker.pid, signal.SIGKILL)
    answers.set()
    expire_leases()
    with run_worker(settings):
        wait_until(lambda: all(one.state is DeliveryState.ACCEPTED for one in hook.deliveries))
    counts = Counter(one.id for one in receiver.received)
    assert set(counts) == ids
    assert sorted(counts.values())[-2:] == [1, 2]


def test_coalitions_have_the_same_time_however_many_slow_receivers_one_has(
    hook: Hook, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, facts = factories.coalition(cast.OTHER_COALITION).id, {"staff_id": None, "actor": "staff-1", "at": now()}
    urls = [f"http://127.0.0.1:{port}/" for port in range(2001, 2011)]
    webhooks = [(slow, add_webhook(slow, url, url, [EventType.LETTER_OPENED], **facts)[0]) for url in urls]
    for coalition_id, webhook_id in [*webhooks, *webhooks, *[(hook.coalition_id, hook.id)] * 20]:
        send_test_event(coalition_id, webhook_id, at=now())
    called = ""

    def post(target: Target, _headers: Mapping[str, str], _body: bytes) -> HttpAnswer:
        nonlocal called
        is_slow = target.url in urls
        called += "S" if is_slow else "q"
        clock.shift(dt.timedelta(seconds=9 if is_slow else 1))
        return HttpAnswer(204, b"")

    monkeypatch.setattr(hook.caller, "post", post)
    assert hook.deliver() == 40
    assert called == "qSqqqqqqqqSqqqqqqqqSqqq" + "S" * 17, "nine seconds for each, until one has nothing that waits"
