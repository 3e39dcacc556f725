"""Events of letters and signatures, queued in the transaction of what happened, for those who listen."""

import datetime as dt

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.letters.lifecycle import close_letter, reopen_letter, take_late_names, withdraw_letter
from letterhub.commands.mail.notices import queue_notices
from letterhub.commands.press.replies import record_reply, retract_reply
from letterhub.commands.webhooks.webhooks import add_webhook
from letterhub.config import Settings
from letterhub.domain.abuse.submission_limits import LETTER_FLOOD_THRESHOLD
from letterhub.domain.press.replies import ReplyFacts
from letterhub.domain.signatures.signing import Source
from letterhub.domain.states import SignatureMove, SignatureState
from letterhub.domain.webhooks.events import EventType
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Event, Reply, Signature, WebhookDelivery, queue_events
from tests.integration.webhooks.conftest import Hook
from tests.support import cast, editions, factories
from tests.support.servers.mail_server import Inbox
from tests.support.servers.webhook_receiver import Receiver
from tests.support.signing_steps import manage_link, sign_and_confirm
from tests.support.text_changes import NEW_BODY, SUBSTANTIVE_CHANGE, publish_body
from tests.support.visitor import Visitor

HOME, MINUTE = "coalition-for-clean-rivers", dt.timedelta(minutes=1)


def queued(hook: Hook) -> list[str]:
    """Return the types of the events that were queued since the last call, in their order."""
    found = [one.event for one in hook.deliveries]
    for one in hook.deliveries:
        db.session.delete(one)
    db.session.commit()
    return found


def test_the_way_of_a_signature(hook: Hook, visitor: Visitor, sam: Visitor, settings: Settings, postbox: Inbox) -> None:
    letter = factories.open_letter(deadline_at=None)
    assert queued(hook) == ["letter.opened"]
    signature = sign_and_confirm(visitor, letter, settings, postbox)
    assert queued(hook) == ["signature.confirmed"]
    queue = sam.visit("review.index", coalition=HOME, slug=letter.slug)
    page = queue.submit("Publish Example Alliance")
    assert queued(hook) == ["signature.published"]
    page.submit("Undo")
    assert queued(hook) == ["signature.unpublished"]
    sam.visit("review.index", coalition=HOME, slug=letter.slug).submit("Decline Example Alliance", reason="Not theirs")
    assert queued(hook) == []
    sam.visit("signatures.detail", coalition=HOME, slug=letter.slug, signature_id=signature.id).submit("Back to the queue")
    sam.visit("review.index", coalition=HOME, slug=letter.slug).submit("Publish Example Alliance")
    assert queued(hook) == ["signature.published"]
    visitor.open(manage_link(signature)).submit("Withdraw the signature", sure=True)
    assert queued(hook) == ["signature.withdrawn"]


def test_a_change_of_substance_takes_names_off_the_list(hook: Hook) -> None:
    letter = factories.open_letter()
    factories.signature(letter)
    factories.signature(letter, cast.HIRO, state=SignatureState.CONFIRMED)
    queued(hook)
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    assert queued(hook) == ["signature.unpublished"]


def test_the_way_of_a_letter(hook: Hook, receiver: Receiver, clock: time_machine.Traveller) -> None:
    letter = factories.open_letter()
    factories.signature(letter)
    queued(hook)
    actor = {"actor": "staff-1"}
    close_letter(letter.id, at=now(), **actor)
    reopen_letter(letter.id, at=now(), **actor)
    close_letter(letter.id, at=now(), **actor)
    assert queued(hook) == ["letter.closed", "letter.opened", "letter.closed"]
    edition = editions.deliver_edition(letter)
    hook.deliver()
    assert queued(hook) == ["edition.frozen", "letter.delivered"]
    frozen, delivered = (one.event["data"] for one in receiver.received[-2:])
    assert frozen["edition"] == delivered["edition"]
    assert frozen["edition"] == {
        "number": 1, "id": edition.public_id, "frozen_at": "2022-01-05T17:00:00Z", "signatories": 1,
        "url": f"https://letters.example.org/editions/{edition.public_id}",
    }  # fmt: skip
    assert delivered["delivery"] == {"recipient": "the President", "delivered_at": "2022-01-05T17:00:00Z"}
    facts = ReplyFacts("The White House", dt.date(2022, 1, 5), "We will act.")
    record_reply(letter.id, facts, staff_id=None, at=now(), **actor)  # type: ignore[arg-type]
    hook.deliver()
    assert queued(hook) == ["letter.answered"]
    assert receiver.received[-1].event["data"]["answer"] == {"from": "The White House", "received_on": "2022-01-05"}
    take_late_names(letter.id, now() + dt.timedelta(days=1), at=now(), **actor)
    late = factories.signature(letter, cast.HIRO)
    close_letter(letter.id, at=now(), **actor)
    clock.shift(MINUTE)
    hook.deliver()
    assert queued(hook) == ["letter.opened", "signature.confirmed", "signature.published", "letter.closed"]
    by_id = [one.event["data"] for one in receiver.received if one.event["data"].get("signature", {}).get("id") == late.id]
    assert [one["signature"]["printed"] for one in by_id] == [None, None]  # the letter’s page lists what was delivered
    assert by_id[-1]["letter"]["signatories"] == {"organizations": 1, "individuals": 0}
    withdraw_letter(letter.id, at=now(), **actor)
    assert queued(hook) == ["letter.withdrawn"]


def test_what_was_undone_before_it_was_told_is_not_told(hook: Hook, receiver: Receiver) -> None:
    letter = factories.open_letter()
    queued(hook)
    facts = ReplyFacts("The White House", dt.date(2022, 1, 5), "We will act.")
    record_reply(letter.id, facts, staff_id=None, actor="staff-1", at=now())  # type: ignore[arg-type]
    retract_reply(letter.id, db.session.query(Reply).one().id, "A mistake", actor="staff-1", at=now())
    assert hook.deliver() == 0
    [delivery] = hook.deliveries
    assert delivery.error == "Not sent: what happened was undone, or is gone."
    assert (receiver.received, hook.row.failures) == ([], 0)


def test_a_deadline_is_told_once_though_nobody_does_anything(hook: Hook, clock: time_machine.Traveller) -> None:
    letter = factories.open_letter(deadline_at=now() + dt.timedelta(minutes=5))
    queued(hook)
    for _minute in range(10):
        queue_notices(now())
        clock.shift(MINUTE)
    assert queued(hook) == ["letter.closed"]
    close_letter(letter.id, actor="staff-1", at=now())
    assert queued(hook) == []


def test_a_letter_that_is_closed_just_after_its_deadline_is_told_once(hook: Hook, clock: time_machine.Traveller) -> None:
    letter = factories.open_letter(deadline_at=now() + MINUTE)
    queued(hook)
    queue_notices(now())
    clock.shift(MINUTE + dt.timedelta(seconds=5))
    close_letter(letter.id, actor="staff-1", at=now())
    for _minute in range(3):
        clock.shift(MINUTE)
        queue_notices(now())
    assert queued(hook) == ["letter.closed"]


def test_a_flood_is_told_once_a_day(hook: Hook, receiver: Receiver, clock: time_machine.Traveller) -> None:
    letter = factories.open_letter(deadline_at=None)
    queued(hook)
    queue_notices(now())
    for number in range(LETTER_FLOOD_THRESHOLD):
        factories.signature(letter, state=SignatureState.PENDING, organization_name=f"Alliance {number}", from_flood=True)
        if number % 10 == 0:
            clock.shift(MINUTE)
            queue_notices(now())
    clock.shift(MINUTE)
    queue_notices(now())
    assert [one.event for one in hook.deliveries] == ["flood.detected"]
    hook.deliver()
    flood = receiver.received[-1].event["data"]["flood"]
    assert flood == {
        "forms_within_a_day": LETTER_FLOOD_THRESHOLD,
        "staff_url": f"https://letters.example.org/staff/{HOME}/alerts",
    }


def test_names_that_staff_add_are_told_when_they_are_published(hook: Hook) -> None:
    letter = factories.open_letter()
    queued(hook)
    factories.signature(letter, source=Source.IMPORT)
    assert queued(hook) == ["signature.published"]


def test_a_draft_is_told_to_nobody(hook: Hook) -> None:
    queue_events(db.session(), [Event(EventType.LETTER_OPENED, factories.draft().id)], now())
    db.session.commit()
    assert queued(hook) == []


@one_transaction
def move_and(signature_id: int, fails: str) -> None:
    """Publish a name, and fail within a savepoint, or altogether."""
    signature = db.session.get_one(Signature, signature_id)
    if fails == "savepoint":
        try:
            with db.session.begin_nested():
                signature.move(SignatureMove.PUBLISH, now())
                db.session.flush()
                raise ValueError
        except ValueError:
            return
    signature.move(SignatureMove.PUBLISH, now())
    db.session.flush()
    raise ValueError


@pytest.mark.parametrize("fails", ["savepoint", "transaction"])
def test_what_was_rolled_back_is_told_to_nobody(hook: Hook, fails: str) -> None:
    signature_id = factories.signature(factories.open_letter(), state=SignatureState.CONFIRMED).id
    queued(hook)
    try:
        move_and(signature_id, fails)
    except ValueError:
        assert fails == "transaction"
    assert queued(hook) == []


def test_only_who_listens_is_told(app: Flask, hook: Hook, receiver: Receiver) -> None:
    other = factories.coalition(cast.OTHER_COALITION)
    for coalition_id, event in ((hook.coalition_id, EventType.LETTER_CLOSED), (other.id, EventType.LETTER_OPENED)):
        add_webhook(coalition_id, "One event", receiver.url, [event], staff_id=None, actor="staff-1", at=now())  # type: ignore[arg-type]
    factories.open_letter()
    assert [one.webhook_id for one in db.session.query(WebhookDelivery)] == [hook.id]
