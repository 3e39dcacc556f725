"""The log of a webhook: what it keeps, for how long, and what it forgets."""

import datetime as dt
import json
from http.server import BaseHTTPRequestHandler

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.signatures.erasure_request import erase_on_request
from letterhub.commands.webhooks.purge import purge_webhook_log
from letterhub.commands.webhooks.webhooks import (
    add_webhook,
    change_webhook,
    remove_webhook,
    replay_delivery,
    send_test_event,
)
from letterhub.domain.webhooks.events import CHOOSABLE
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import AuditEntry, Signature, Webhook, WebhookDelivery
from tests.integration.webhooks.conftest import Hook
from tests.support import cast, factories
from tests.support.servers.webhook_receiver import Receiver, answer

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def test_what_an_answer_says_is_logged_up_to_two_kilobytes(hook: Hook, receiver: Receiver) -> None:
    receiver.respond = lambda handler: answer(handler, 200, b"\x00\xff\x1b<script>" + b"a" * 1_000_000)
    send_test_event(hook.coalition_id, hook.id, at=now())
    assert hook.deliver() == 1
    [delivery] = hook.deliveries
    assert len(delivery.answer.encode()) <= 2048 + 20
    assert delivery.answer.startswith("\ufffd\ufffd\ufffd<script>a")
    assert json.loads(delivery.request)["type"] == "webhook.test"


def test_the_log_keeps_the_last_hundred_for_thirty_days(hook: Hook, clock: time_machine.Traveller) -> None:
    columns = {"webhook_id": hook.id, "event": "webhook.test", "facts": {}, "requested_at": now(), "due_at": now()}
    for number in range(103):
        finished = {"accepted_at": now()} if number != 1 else {}
        db.session.add(WebhookDelivery(message_id=f"msg_{number}", happened_at=now(), **columns, **finished))
    db.session.commit()
    assert purge_webhook_log(hook.id, now()) == 2
    logged = {one.message_id for one in hook.deliveries}
    assert logged == {f"msg_{number}" for number in range(103)} - {"msg_0", "msg_2"}  # the second still waits
    clock.shift(31 * DAY)
    assert purge_webhook_log(hook.id, now()) == 100
    assert [one.message_id for one in hook.deliveries] == ["msg_1"]


def test_the_log_forgets_whose_data_is_erased(hook: Hook, receiver: Receiver) -> None:
    published = factories.signature(factories.open_letter())
    receiver.respond = lambda handler: answer(handler, 200, f"added {cast.CLARA.organization}".encode())
    hook.deliver()
    assert cast.CLARA.organization in str([(one.request, one.answer) for one in hook.deliveries])
    erase_on_request(published.id, now())
    hook.deliver()
    about_her = [(one.event, one.request) for one in hook.deliveries if one.signature_id == published.id]
    assert [event for event, request in about_her if request] == ["signature.withdrawn"]
    receiver.respond = lambda handler: answer(handler, 200)
    for one in hook.deliveries:
        replay_delivery(hook.coalition_id, hook.id, one.id, at=now())
    hook.deliver()
    assert cast.CLARA.organization not in str([(one.request, one.answer) for one in hook.deliveries if one.signature_id])


@pytest.mark.parametrize("status", [200, 503])
def test_a_name_that_is_erased_while_it_is_sent_stays_in_no_log(
    hook: Hook, receiver: Receiver, clock: time_machine.Traveller, app: Flask, status: int
) -> None:
    letter = factories.open_letter()
    hook.deliver()
    published_id = factories.signature(letter).id
    end_read_transaction()

    def respond(handler: BaseHTTPRequestHandler) -> None:
        has_name = cast.CLARA.organization in receiver.received[-1].body.decode()
        clock.shift(dt.timedelta(seconds=1))
        with app.app_context():
            if has_name and db.session.get_one(Signature, published_id).contact_erased_at is None:
                end_read_transaction()
                erase_on_request(published_id, now())
            end_read_transaction()
        answer(handler, status, f"added {cast.CLARA.organization}".encode() if has_name else b"")

    receiver.respond = respond
    hook.deliver()
    assert any(cast.CLARA.organization in one.body.decode() for one in receiver.received)  # it was told before
    assert cast.CLARA.organization not in str([(one.request, one.answer) for one in hook.deliveries if one.signature_id])


def test_the_activity_log_holds_no_token_of_an_address(hook: Hook) -> None:
    by, at, urls = (
        "staff-1",
        now(),
        ("https://hooks.example.org?token=secret-word", "https://hooks.example.net?token=other-word"),
    )
    hook_id, _secret = add_webhook(hook.coalition_id, "Sheet", urls[0], CHOOSABLE, staff_id=None, actor=by, at=at)
    change_webhook(hook.coalition_id, hook_id, "Sheet", urls[1], CHOOSABLE, 1, actor=by, at=at)
    remove_webhook(hook.coalition_id, hook_id, actor=by, at=at)
    logged = str([(one.before, one.after) for one in db.session.query(AuditEntry)])
    assert "hooks.example.org" in logged
    assert "word" not in logged


def test_a_removed_webhook_leaves_nothing_behind(hook: Hook, receiver: Receiver) -> None:
    send_test_event(hook.coalition_id, hook.id, at=now())
    remove_webhook(hook.coalition_id, hook.id, actor="staff-1", at=now())
    assert hook.deliver() == 0
    assert (db.session.query(Webhook).count(), hook.deliveries) == (0, [])
