"""Emails to all signatories of a letter are paced, so that other email is sent in between."""

import datetime as dt

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.editions.deliveries import deliver
from letterhub.commands.mail.send import send_due
from letterhub.config import Settings
from letterhub.domain.editions.attachment_policy import AT_ONCE, COPIES_A_SECOND, leaves
from letterhub.domain.editions.deliveries import Handover, Way
from letterhub.domain.letters.revisions import ChangeKind
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.states import LetterMove
from letterhub.infrastructure.db import db
from letterhub.models import Letter, OutboxLine
from tests.support import editions, factories
from tests.support.servers.mail_server import Postbox
from tests.support.text_changes import NEW_BODY, SUBSTANCE, TYPO, TYPO_BODY, change, signed_by, take_back

MORE = 10


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter with ten signatories more than one batch of emails, and one whose address is erased."""
    letter = factories.open_letter()
    without, *_ = signed_by(letter, AT_ONCE + MORE + 1)
    without.email = ""
    db.session.commit()
    return letter


def due(kind: MailKind) -> list[dt.timedelta]:
    """Return the delay of each email of a kind, in order of creation."""
    lines = db.session.query(OutboxLine).filter_by(kind=kind).order_by(OutboxLine.id)
    return [line.due_at - line.created_at for line in lines]


def send_all(settings: Settings) -> int:
    """Send all that is due; return the number sent."""
    left = 0
    while some := send_due(settings):
        left += some
    return left


def leave_at_a_pace(settings: Settings, clock: time_machine.Traveller) -> None:
    """Assert that the letter's due emails are sent, and the others later, batch by batch."""
    assert send_all(settings) == AT_ONCE
    clock.shift(leaves(AT_ONCE + MORE - 1, AT_ONCE + MORE) - dt.timedelta(seconds=0.1))
    assert send_all(settings) == MORE - 1
    clock.shift(dt.timedelta(seconds=1))
    assert send_all(settings) == 1


def test_copies(letter: Letter, settings: Settings, postbox: Postbox, clock: time_machine.Traveller) -> None:
    letter.move(LetterMove.CLOSE, now())
    db.session.commit()
    edition = editions.frozen(letter)
    handover = Handover("The White House", Way.HAND, now(), "America/New_York", copies=True)
    assert deliver(edition.id, handover, actor="staff-1", staff_id=None, at=now()) == AT_ONCE + MORE
    leave_at_a_pace(settings, clock)


@pytest.mark.parametrize(("kind", "body", "mail"), [(TYPO, TYPO_BODY, MailKind.TYPO), (SUBSTANCE, NEW_BODY, MailKind.AGAIN)])
def test_news_of_a_changed_text(
    letter: Letter,
    settings: Settings,
    postbox: Postbox,
    clock: time_machine.Traveller,
    kind: ChangeKind,
    body: str,
    mail: MailKind,
) -> None:
    change(letter, kind, body)
    later = [dt.timedelta(seconds=place / COPIES_A_SECOND) for place in range(1, MORE + 1)]
    assert due(mail) == [dt.timedelta(0)] * AT_ONCE + later
    leave_at_a_pace(settings, clock)
    assert len({mail.recipients[0] for mail in postbox.mails}) == AT_ONCE + MORE


def test_news_that_a_change_was_taken_back(
    letter: Letter, settings: Settings, postbox: Postbox, clock: time_machine.Traveller
) -> None:
    change(letter, SUBSTANCE, NEW_BODY)
    leave_at_a_pace(settings, clock)
    take_back(letter)
    assert len(due(MailKind.RESTORED)) == AT_ONCE + MORE
    leave_at_a_pace(settings, clock)
