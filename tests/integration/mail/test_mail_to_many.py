"""Emails to all signatories of a letter are paced, so that other email is sent in between."""

import datetime as dt

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.editions.deliveries import deliver
from letterhub.commands.mail.send import send_due_mail
from letterhub.config import Settings
from letterhub.domain.editions import deliveries as delivery_rules
from letterhub.domain.editions.deliveries import (
    COPIES_PER_SECOND,
    DeliveryMethod,
    DeliveryRequest,
    bulk_mail_delay,
)
from letterhub.domain.letters.revisions import ChangeKind
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.states import LetterMove
from letterhub.infrastructure.db import db
from letterhub.models import Letter, OutboxMessage
from tests.support import editions, factories
from tests.support.servers.mail_server import Inbox
from tests.support.text_changes import NEW_BODY, SUBSTANTIVE_CHANGE, TYPO, TYPO_BODY, add_signatures, publish_body, undo_change

UNPACED, MORE = 12, 4
"""Emails that are sent at once here, instead of a hundred, and those after them."""


@pytest.fixture
def letter(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Letter:
    """An open letter with some signatories more than one batch of emails, and one whose address is erased."""
    monkeypatch.setattr(delivery_rules, "UNPACED_COPIES", UNPACED)
    letter = factories.open_letter()
    without, *_ = add_signatures(letter, UNPACED + MORE + 1)
    without.email = ""
    db.session.commit()
    return letter


def delays_of(kind: MailKind) -> list[dt.timedelta]:
    """Return the delay of each email of a kind, in order of creation."""
    lines = db.session.query(OutboxMessage).filter_by(kind=kind).order_by(OutboxMessage.id)
    return [line.due_at - line.created_at for line in lines]


def send_all(settings: Settings) -> int:
    """Send all that is due; return the number sent."""
    left = 0
    while some := send_due_mail(settings):
        left += some
    return left


def assert_paced(settings: Settings, clock: time_machine.Traveller) -> None:
    """Assert that the letter's due emails are sent, and the others later, batch by batch."""
    assert send_all(settings) == UNPACED
    clock.shift(bulk_mail_delay(UNPACED + MORE - 1, UNPACED + MORE) - dt.timedelta(seconds=0.1))
    assert send_all(settings) == MORE - 1
    clock.shift(dt.timedelta(seconds=1))
    assert send_all(settings) == 1


def test_copies(letter: Letter, settings: Settings, postbox: Inbox, clock: time_machine.Traveller) -> None:
    letter.move(LetterMove.CLOSE, now())
    db.session.commit()
    edition = editions.freeze_edition(letter)
    handover = DeliveryRequest(("The White House",), DeliveryMethod.HAND, now(), "America/New_York", copies=True)
    assert deliver(edition.id, handover, actor="staff-1", staff_id=None, at=now()) == UNPACED + MORE
    assert_paced(settings, clock)


@pytest.mark.parametrize(
    ("kind", "body", "mail"), [(TYPO, TYPO_BODY, MailKind.TYPO), (SUBSTANTIVE_CHANGE, NEW_BODY, MailKind.RECONFIRM)]
)
def test_news_of_a_changed_text(
    letter: Letter,
    settings: Settings,
    postbox: Inbox,
    clock: time_machine.Traveller,
    kind: ChangeKind,
    body: str,
    mail: MailKind,
) -> None:
    publish_body(letter, kind, body)
    later = [dt.timedelta(seconds=place / COPIES_PER_SECOND) for place in range(1, MORE + 1)]
    assert delays_of(mail) == [dt.timedelta(0)] * UNPACED + later
    assert_paced(settings, clock)
    assert len({mail.recipients[0] for mail in postbox.mails}) == UNPACED + MORE


def test_news_that_a_change_was_taken_back(
    letter: Letter, settings: Settings, postbox: Inbox, clock: time_machine.Traveller
) -> None:
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    assert_paced(settings, clock)
    undo_change(letter)
    assert len(delays_of(MailKind.RESTORED)) == UNPACED + MORE
    assert_paced(settings, clock)


@pytest.fixture
def few_signatories(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Letter:
    """An open letter with three signatories, of whose emails one is sent at once."""
    monkeypatch.setattr(delivery_rules, "UNPACED_COPIES", 1)
    letter = factories.open_letter()
    add_signatures(letter, 3)
    return letter


@pytest.mark.parametrize(
    ("kind", "body", "mail"), [(TYPO, TYPO_BODY, MailKind.TYPO), (SUBSTANTIVE_CHANGE, NEW_BODY, MailKind.RECONFIRM)]
)
def test_few_are_mailed_one_after_the_other_too(few_signatories: Letter, kind: ChangeKind, body: str, mail: MailKind) -> None:
    publish_body(few_signatories, kind, body)
    assert delays_of(mail) == [dt.timedelta(seconds=place / COPIES_PER_SECOND) for place in range(3)]


def test_few_get_their_copies_one_after_the_other(few_signatories: Letter) -> None:
    few_signatories.move(LetterMove.CLOSE, now())
    db.session.commit()
    edition = editions.freeze_edition(few_signatories)
    handover = DeliveryRequest(("The White House",), DeliveryMethod.HAND, now(), "America/New_York", copies=True)
    deliver(edition.id, handover, actor="staff-1", staff_id=None, at=now())
    assert delays_of(MailKind.COPY) == [dt.timedelta(seconds=place / COPIES_PER_SECOND) for place in range(3)]
