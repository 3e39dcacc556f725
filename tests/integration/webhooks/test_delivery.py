"""From what happened to the receiver: signed, retried, paused, resumed, and sent again."""

import datetime as dt
from dataclasses import replace
from itertools import pairwise

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.mail.send import send_due_mail
from letterhub.commands.webhooks.purge import reseal_webhook_secrets
from letterhub.commands.webhooks.webhooks import (
    change_webhook,
    pause_webhook,
    replace_secret,
    replay_delivery,
    resume_webhook,
    send_test_event,
)
from letterhub.config import Settings
from letterhub.domain.states import SignatureState
from letterhub.domain.webhooks.deliveries import DeliveryState, WebhookRefused
from letterhub.domain.webhooks.events import EventType
from letterhub.infrastructure.bounded_http import BoundedCaller
from letterhub.infrastructure.db import db
from tests.integration.webhooks.conftest import Hook
from tests.support import cast, factories
from tests.support.servers.mail_server import Inbox
from tests.support.servers.webhook_receiver import Receiver, answer
from tests.support.signing_steps import audit_actions

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def test_a_published_name_arrives_signed_with_what_is_public(hook: Hook, receiver: Receiver) -> None:
    letter = factories.open_letter()
    hook.deliver()
    receiver.received.clear()
    signature = factories.signature(letter)
    assert hook.deliver() == 2
    assert receiver.types == ["signature.confirmed", "signature.published"]
    published = receiver.received[1]
    assert published.is_signed_by(hook.secret)
    assert published.headers["content-type"] == "application/json"
    assert published.headers["user-agent"].startswith("Letterhub/")
    assert published.headers["webhook-timestamp"] == str(int(now().timestamp()))
    assert published.event == {
        "type": "signature.published",
        "version": 1,
        "timestamp": "2022-01-05T17:00:00Z",
        "data": {
            "coalition": {
                "slug": "coalition-for-clean-rivers",
                "name": "Coalition for Clean Rivers",
                "url": "https://letters.example.org/c/coalition-for-clean-rivers",
            },
            "letter": {
                "id": letter.id,
                "slug": "clean-rivers-for-everyone",
                "title": "Clean rivers for everyone",
                "language": "en",
                "url": "https://letters.example.org/letters/clean-rivers-for-everyone",
                "state": "open",
                "takes_signatures": True,
                "deadline": "2022-01-07T17:00:00Z",
                "signatories": {"organizations": 1, "individuals": 0},
            },
            "signature": {
                "id": signature.id,
                "kind": "organization",
                "state": "published",
                "printed": {"name": "Example Alliance", "line": "Example Alliance, Clara Example, Director"},
                "staff_url": "https://letters.example.org/staff/coalition-for-clean-rivers/letters/clean-rivers-for-everyone"
                f"/signatures/{signature.id}",
            },
        },
    }
    assert [one.state for one in hook.deliveries] == [DeliveryState.ACCEPTED] * 3


@pytest.mark.shows("S11", "S21")
def test_no_payload_holds_a_name_that_is_not_public_or_an_address(hook: Hook, receiver: Receiver) -> None:
    letter = factories.open_letter()
    waiting = factories.signature(letter, state=SignatureState.CONFIRMED)
    published = factories.signature(letter, cast.HIRO)
    published.release_place()
    published.unlist_as_denied(now())
    db.session.commit()
    hook.deliver()
    sent = b"".join(one.body for one in receiver.received).decode()
    assert "signature.published" in receiver.types  # it was, though not any more when it was told
    for secret in (cast.CLARA.email, cast.HIRO.email, cast.CLARA.organization, cast.HIRO.organization, cast.CLARA.name):
        assert secret not in sent
    of_waiting = [one.event["data"]["signature"] for one in receiver.received if "signature" in one.event["data"]]
    assert {one["printed"] for one in of_waiting} == {None}
    assert waiting.id in {one["id"] for one in of_waiting}


def test_a_failing_receiver_is_tried_ever_more_seldom_under_one_id(
    hook: Hook, receiver: Receiver, clock: time_machine.Traveller
) -> None:
    receiver.respond = lambda handler: answer(handler, 503, b"come back later")
    send_test_event(hook.coalition_id, hook.id, at=now())
    attempts = []
    for _minute in range(60):
        if hook.deliver() or len(receiver.received) > len(attempts):
            attempts.append(now())
        clock.shift(dt.timedelta(minutes=1))
    assert 4 <= len(attempts) <= 6
    gaps = [later - earlier for earlier, later in pairwise(attempts)]
    assert gaps == sorted(gaps)
    assert len({one.id for one in receiver.received}) == 1
    assert len({one.headers["webhook-timestamp"] for one in receiver.received}) == len(attempts)
    [delivery] = hook.deliveries
    assert (delivery.status, delivery.answer, delivery.error) == (503, "come back later", "The receiver answered with 503.")
    receiver.respond = lambda handler: answer(handler, 200, b"thanks")
    clock.shift(HOUR)
    assert hook.deliver() == 1
    assert (hook.row.failures, hook.row.failing_since, hook.deliveries[0].answer) == (0, None, "thanks")


def test_what_waited_for_a_receiver_that_was_away_is_sent_as_soon_as_it_is_back(
    hook: Hook, receiver: Receiver, clock: time_machine.Traveller
) -> None:
    receiver.respond = lambda handler: answer(handler, 500)
    send_test_event(hook.coalition_id, hook.id, at=now())
    while hook.row.failures < 8:
        hook.deliver()
        clock.shift(dt.timedelta(minutes=5))
    assert hook.deliveries[0].due_at - now() > 4 * HOUR
    receiver.respond = lambda handler: answer(handler, 204)
    receiver.received.clear()
    send_test_event(hook.coalition_id, hook.id, at=now())
    assert hook.deliver() == 2


@pytest.mark.shows("S21")
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_a_failure_and_is_not_followed(hook: Hook, receiver: Receiver, status: int) -> None:
    receiver.respond = lambda handler: answer(handler, status, Location=f"http://127.0.0.1:{receiver.port}/elsewhere")
    send_test_event(hook.coalition_id, hook.id, at=now())
    assert hook.deliver() == 0
    assert [one.path for one in receiver.received] == ["/hook"]
    assert f"answered with {status}: redirects aren’t followed" in hook.deliveries[0].error


def test_after_three_days_it_is_given_up_and_owners_are_emailed(
    hook: Hook, receiver: Receiver, clock: time_machine.Traveller, settings: Settings, postbox: Inbox
) -> None:
    factories.staff(cast.OLIVE)
    factories.staff(cast.SAM)
    receiver.respond = lambda handler: answer(handler, 404, b"<h1>nothing here</h1>")
    send_test_event(hook.coalition_id, hook.id, at=now())
    for _hour in range(80):
        hook.deliver()
        clock.shift(HOUR)
    assert 10 <= len(receiver.received) <= 19
    assert hook.deliveries[0].state is DeliveryState.FAILED
    assert hook.row.paused_at is not None
    send_due_mail(settings)
    [mail] = postbox.mails
    assert mail.recipients == (cast.OLIVE.email,)
    assert mail.message["Subject"] == "Webhook paused: Member database"
    assert "The receiver answered with 404." in mail.text
    assert f"https://letters.example.org/staff/coalition-for-clean-rivers/webhooks/{hook.id}" in mail.text
    assert audit_actions() == ["webhook added", "webhook paused"]
    with pytest.raises(WebhookRefused):
        send_test_event(hook.coalition_id, hook.id, at=now())


def test_events_wait_while_it_is_paused_and_leave_when_it_is_resumed(
    hook: Hook, receiver: Receiver, clock: time_machine.Traveller
) -> None:
    pause_webhook(hook.coalition_id, hook.id, actor="staff-1", at=now())
    factories.open_letter()
    clock.shift(10 * DAY)
    assert hook.deliver() == 0
    resume_webhook(hook.coalition_id, hook.id, actor="staff-1", at=now())
    receiver.respond = lambda handler: answer(handler, 500)
    hook.deliver()
    assert hook.deliveries[0].state is DeliveryState.WAITING  # the three days count from the resumption
    receiver.respond = lambda handler: answer(handler, 204)
    clock.shift(HOUR)
    assert hook.deliver() == 1
    assert receiver.received[-1].event["timestamp"] == "2022-01-05T17:00:00Z"


def test_a_receiver_that_says_it_is_gone_is_paused_at_once(hook: Hook, receiver: Receiver) -> None:
    receiver.respond = lambda handler: answer(handler, 410)
    send_test_event(hook.coalition_id, hook.id, at=now())
    hook.deliver()
    assert (hook.row.pause_reason, hook.deliveries[0].state) == ("The receiver answered with 410.", DeliveryState.WAITING)


def test_slow_receivers_of_others_count_against_none(
    hook: Hook, receiver: Receiver, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    send_test_event(hook.coalition_id, hook.id, at=now())
    with monkeypatch.context() as patched:
        patched.setattr(hook.caller, "_caller", BoundedCaller(callers=0))
        for _minute in range(5):
            assert hook.deliver() == 0
            assert (hook.row.failures, hook.row.rest_until, hook.deliveries[0].failures) == (0, None, 0)
            clock.shift(dt.timedelta(minutes=1))
    assert "many receivers are slow" in hook.deliveries[0].error
    assert hook.deliver() == 1


def test_one_event_that_a_receiver_refuses_holds_up_no_other(
    hook: Hook, receiver: Receiver, clock: time_machine.Traveller
) -> None:
    factories.open_letter()
    receiver.respond = lambda handler: answer(handler, 422 if receiver.types[-1] == "letter.opened" else 204)
    for _day in range(70):
        send_test_event(hook.coalition_id, hook.id, at=now())
        clock.shift(dt.timedelta(minutes=10))
        hook.deliver()
        clock.shift(dt.timedelta(minutes=55))
        hook.deliver()
    states = [one.state for one in hook.deliveries]
    assert states[0] is DeliveryState.FAILED
    assert set(states[1:-1]) == {DeliveryState.ACCEPTED}
    assert hook.row.paused_at is None


def test_a_finished_delivery_can_be_sent_again_under_its_id(hook: Hook, receiver: Receiver) -> None:
    send_test_event(hook.coalition_id, hook.id, at=now())
    hook.deliver()
    replay_delivery(hook.coalition_id, hook.id, hook.deliveries[0].id, at=now())
    assert hook.deliver() == 1
    first, second = receiver.received
    assert first.id == second.id
    assert first.event == second.event
    other = factories.coalition(cast.OTHER_COALITION)
    for coalition_id, webhook_id in ((other.id, hook.id), (hook.coalition_id, hook.id + 1)):
        with pytest.raises(WebhookRefused):
            replay_delivery(coalition_id, webhook_id, hook.deliveries[0].id, at=now())


def test_for_a_day_both_secrets_sign(hook: Hook, receiver: Receiver, clock: time_machine.Traveller) -> None:
    new = replace_secret(hook.coalition_id, hook.id, actor="staff-1", at=now())
    for passed in (dt.timedelta(0), dt.timedelta(hours=25)):
        clock.shift(passed)
        send_test_event(hook.coalition_id, hook.id, at=now())
        hook.deliver()
    during, after = receiver.received
    assert (during.is_signed_by(new), during.is_signed_by(hook.secret)) == (True, True)
    assert (after.is_signed_by(new), after.is_signed_by(hook.secret)) == (True, False)


def test_secrets_are_stored_sealed_and_follow_the_sites_key(app: Flask, hook: Hook, receiver: Receiver) -> None:
    assert hook.secret not in hook.row.secret
    old = app.extensions["settings"]
    app.extensions["settings"] = replace(old, secret_key="n" * 40, secret_key_fallbacks=(old.secret_key,))
    reseal_webhook_secrets()
    app.extensions["settings"] = replace(old, secret_key="n" * 40)
    send_test_event(hook.coalition_id, hook.id, at=now())
    assert hook.deliver() == 1
    assert receiver.received[0].is_signed_by(hook.secret)
    app.extensions["settings"] = replace(old, secret_key="m" * 40)
    send_test_event(hook.coalition_id, hook.id, at=now())
    assert hook.deliver() == 0
    assert hook.deliveries[1].error.endswith("can’t sign. Make a new secret.")
    assert replace_secret(hook.coalition_id, hook.id, actor="staff-1", at=now())


def test_what_waits_goes_to_a_new_address(hook: Hook, receiver: Receiver) -> None:
    change_webhook(
        hook.coalition_id, hook.id, "Elsewhere", "http://127.0.0.1:9/", [EventType.LETTER_OPENED], 1, actor="staff-1", at=now()
    )
    letter = factories.open_letter()
    factories.signature(letter)
    assert hook.deliver() == 0
    assert [one.event for one in hook.deliveries] == ["letter.opened"]
    assert "can’t be reached: Connection refused" in hook.deliveries[0].error
    change_webhook(
        hook.coalition_id, hook.id, "Elsewhere", receiver.url, [EventType.LETTER_OPENED], 2, actor="staff-1", at=now()
    )
    assert hook.deliver() == 1
