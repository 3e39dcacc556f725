"""An owner adds a webhook, tries it, reads its log, replaces its secret, pauses, resumes and removes it."""

import re

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.commands.webhooks.webhooks import add_webhook, change_webhook, pause_webhook, send_test_event
from letterhub.domain.webhooks.deliveries import MAX_WEBHOOKS
from letterhub.domain.webhooks.events import EventType
from letterhub.infrastructure.db import db
from letterhub.models import Webhook, WebhookDelivery
from tests.integration.webhooks.conftest import Hook
from tests.support.servers.webhook_receiver import Receiver, answer
from tests.support.signing_steps import audit_actions
from tests.support.visitor import Page, Visitor

HOME = "coalition-for-clean-rivers"
FORM = {"label": "Member database", "events": ["signature.published", "letter.closed"]}


def secret_on(page: Page) -> str:
    found = re.search(r"whsec_[A-Za-z0-9+/]{43}=", page.text)
    assert found, page.text
    return found[0]


def test_from_the_team_page_to_the_first_accepted_test(olive: Visitor, receiver: Receiver) -> None:
    page = olive.visit("team.index", coalition=HOME).follow("Webhooks").says("No webhooks yet.")
    page = page.follow("Add a webhook").submit("Add the webhook", url=receiver.url, **FORM)
    secret = secret_on(page.says("it can’t be shown again", "Nothing was sent yet."))
    webhook = db.session.query(Webhook).one()
    hook = Hook(webhook.id, secret)
    page = olive.visit("webhooks.detail", coalition=HOME, webhook_id=webhook.id).never_says(secret, "whsec_")
    page = page.submit("Send a test").says("A test is on its way.", "webhook.test", "Waiting")
    receiver.respond = lambda handler: answer(handler, 200, b"<b>Thanks</b>")
    assert hook.deliver() == 1
    assert receiver.received[0].is_signed_by(secret)
    page = olive.visit("webhooks.detail", coalition=HOME, webhook_id=webhook.id)
    page.says("Accepted", "1 attempt", "Answer: 200", "<b>Thanks</b>", '"type": "webhook.test"', receiver.received[0].id)
    page.submit("Send again: webhook.test, Wednesday, January 5, 2022, 5:00 p.m. UTC").says("It is on its way again.")
    assert hook.deliver() == 1
    olive.visit("webhooks.index", coalition=HOME).says("Member database", f"127.0.0.1:{receiver.port}", "On")
    olive.visit("audit_log.coalition", coalition=HOME).says("Olive Owner added the webhook “Member database”.")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"url": ""}, "Enter the receiver’s address."),
        ({"url": "http://hooks.example.org/"}, "Use an address that begins with https://."),
        ({"url": "https://169.254.169.254/latest"}, "This address isn’t on the public internet."),
        ({"url": "https://me:pass@hooks.example.org/"}, "Leave out names, passwords and “#” in the address."),
        ({"url": "https://hooks.example.org/a b"}, "Enter the receiver’s address, such as"),
        ({"label": ""}, "Enter a name for it."),
        ({"label": "a" * 101}, "100 characters"),
        ({"events": []}, "Choose at least one event."),
        ({"events": ["signature.invented"]}, "signature.invented"),
    ],
)
def test_what_cannot_be_stands_beside_its_field_and_nothing_typed_is_lost(
    olive: Visitor, changes: dict[str, object], sentence: str
) -> None:
    typed = FORM | {"url": "https://hooks.example.org/a"} | changes
    page = olive.ask(f"/staff/{HOME}/webhooks/new")
    opened = Page(olive, page)
    token = re.search(r'name="csrf_token" value="([^"]+)"', opened.html)[1]
    response = olive.ask(f"/staff/{HOME}/webhooks/new", method="POST", data=typed | {"csrf_token": token})
    assert response.status_code == 422
    refused = Page(olive, response).says(sentence)
    assert db.session.query(Webhook).count() == 0
    if typed["label"]:
        assert f'value="{str(typed["label"])[:40]}' in refused.html


def test_a_form_that_is_sent_twice_adds_one_and_shows_its_secret_again(olive: Visitor, receiver: Receiver) -> None:
    form = olive.visit("webhooks.create", coalition=HOME)
    first, second = (form.submit("Add the webhook", url=receiver.url, **FORM) for _time in range(2))
    assert secret_on(first) == secret_on(second)
    assert db.session.query(Webhook).count() == 1


def test_it_is_changed_paused_resumed_given_a_new_secret_and_removed(olive: Visitor, hook: Hook) -> None:
    def page() -> Page:
        return olive.visit("webhooks.detail", coalition=HOME, webhook_id=hook.id)

    edited = page().follow("Change")
    change_webhook(
        hook.coalition_id, hook.id, "B", "http://127.0.0.1/b", [EventType.LETTER_OPENED], 1, actor="staff-1", at=now()
    )
    again = edited.submit("Save the webhook", status=422, label="Chat").says("Someone else changed this webhook.")
    assert 'value="Chat"' in again.html
    again.submit("Save the webhook").says("Saved.", "Chat", "flood.detected")
    page().submit("Pause").says("Paused. New events wait", "No events wait.").never_says("Send a test")
    page().submit("Resume").says("Resumed.")
    new = secret_on(page().submit("Make a new secret").says("The earlier secret signs, too, until Thursday, January 6, 2022"))
    assert new != hook.secret
    page().submit("Remove this webhook").says("The webhook “Chat” was removed.", "No webhooks yet.")
    olive.visit("webhooks.detail", coalition=HOME, webhook_id=hook.id, status=404)
    done = ["added", "changed", "changed", "paused", "resumed", "secret replaced", "removed"]
    assert audit_actions() == [f"webhook {action}" for action in done]


def test_a_webhook_that_we_paused_says_why_and_what_waits(olive: Visitor, hook: Hook) -> None:
    send_test_event(hook.coalition_id, hook.id, at=now())
    hook.row.pause(now(), "The receiver answered with 410.")
    db.session.commit()
    page = olive.visit("webhooks.detail", coalition=HOME, webhook_id=hook.id)
    page.says("The receiver stopped accepting events: The receiver answered with 410.", "One event waits.")


def test_the_log_has_pages(olive: Visitor, hook: Hook) -> None:
    columns = {"webhook_id": hook.id, "event": "letter.opened", "facts": {}, "requested_at": now(), "due_at": now()}
    for number in range(120):
        db.session.add(WebhookDelivery(message_id=f"msg_{number:03}", happened_at=now(), accepted_at=now(), **columns))
    db.session.commit()
    page = olive.visit("webhooks.detail", coalition=HOME, webhook_id=hook.id).says("msg_119", "msg_095", "Page 1")
    for _page in range(3):
        page = page.follow("Next")
    page.says("msg_044", "msg_020").never_says("msg_019", 'rel="next"')
    olive.visit("webhooks.detail", coalition=HOME, webhook_id=hook.id, page="99").says("msg_020")


def test_a_coalition_has_up_to_ten(olive: Visitor, app: Flask, hook: Hook) -> None:
    for number in range(MAX_WEBHOOKS - 1):
        add_webhook(
            hook.coalition_id, f"Hook {number}", "http://127.0.0.1/", [EventType.LETTER_OPENED], staff_id=None,
            actor="staff-1", at=now(),
        )  # type: ignore[arg-type]  # fmt: skip
    olive.visit("webhooks.index", coalition=HOME).says("A coalition has up to 10 webhooks.").never_says("Add a webhook")
    form = olive.visit("webhooks.create", coalition=HOME)
    form.submit("Add the webhook", status=422, url="http://127.0.0.1/", **FORM).says("Remove one first.")


def test_a_paused_webhook_takes_no_test(olive: Visitor, hook: Hook) -> None:
    page = olive.visit("webhooks.detail", coalition=HOME, webhook_id=hook.id)
    pause_webhook(hook.coalition_id, hook.id, actor="staff-1", at=now())
    page.submit("Send a test").says("This webhook is paused. Resume it first.")
