"""A substantive change whose letter is delivered before its deadline: what was promised to signatories holds until then."""

import datetime as dt

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.config import Settings
from letterhub.domain.states import LetterMove
from letterhub.infrastructure.db import db
from letterhub.models import Edition, Letter
from tests.support import cast, editions, factories
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import newest_link
from tests.support.text_changes import CONFIRM, KEEP, add_signatures, publish_change, replies, settle, signature_states
from tests.support.visitor import Visitor

pytestmark = pytest.mark.shows("S19")
DAY = dt.timedelta(days=1)
HERE = {"coalition": "coalition-for-clean-rivers"}
SURE = {"authorized": True}


@pytest.fixture
def letter(app: Flask) -> Letter:
    """The open letter."""
    return factories.open_letter()


@pytest.fixture
def edition(letter: Letter, settings: Settings) -> Edition:
    """Edition of a closed letter that keeps two of three signatories unless they object by the deadline."""
    add_signatures(letter, 3)
    publish_change(letter, settings, KEEP)
    factories.signature(letter, cast.HIRO, factories.SignatureState.PUBLISHED)
    return _freeze_closed(letter)


def _freeze_closed(letter: Letter) -> Edition:
    closing = db.session.get_one(Letter, letter.id)
    closing.move(LetterMove.CLOSE, now())
    db.session.commit()
    return editions.freeze_edition(closing)


def test_before_delivering_the_page_says_who_is_left_off_and_what_becomes_of_them(
    otto: Visitor, letter: Letter, edition: Edition
) -> None:
    waiting = "3 signatories haven’t replied to version 2, and aren’t in this edition."
    until = "They can reply until Saturday, January 8, 2022, 12:00 p.m. Eastern, also once it is delivered."
    back = "Those who don’t object by then are back on the letter, for its next edition. This edition doesn’t change."
    page = otto.visit("deliveries.new", slug=letter.slug, number=edition.number, **HERE).says(waiting, until, back)
    page.follow("See the replies").says("3 names.")
    page.submit("Continue", recipients="The President", method="hand").says("Record this delivery?", waiting)
    page = otto.visit("delivery_emails.new", slug=letter.slug, number=edition.number, **HERE).says(waiting, until, back)
    typed = {"recipients-0-name": "The President", "recipients-0-address": "president@example.org"}
    page.submit("Preview the email", **typed).says("Send edition 1 to one recipient now?", waiting)


def test_under_the_other_rule_it_says_that_the_silent_come_off(otto: Visitor, letter: Letter, settings: Settings) -> None:
    add_signatures(letter, 1)
    publish_change(letter, settings, CONFIRM)
    factories.signature(letter, cast.HIRO, factories.SignatureState.PUBLISHED)
    otto.visit("signing_settings.edit", slug=letter.slug, **HERE).says(
        "One signatory hasn’t replied to version 2, and can do so until Saturday, January 8, 2022, 12:00 p.m. Eastern, also "
        "once the letter is closed."
    )
    edition = _freeze_closed(letter)
    otto.visit("deliveries.new", slug=letter.slug, number=edition.number, **HERE).says(
        "One signatory hasn’t replied to version 2, and isn’t in this edition.",
        "Those who confirm by then are back on the letter, for its next edition; the others stay off.",
    )


def test_replies_are_taken_until_the_deadline_and_silence_counts_as_was_said(
    visitor: Visitor, otto: Visitor, letter: Letter, edition: Edition, settings: Settings, postbox: Inbox,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    links = [newest_link(settings, postbox, f"nia@a{number}.example") for number in (1, 2)]
    editions.record_delivery(edition)
    page = visitor.open(links[0]).says(
        "This letter was delivered on", "Your name is for its next edition; the delivered one doesn’t change.",
        "You signed version 1; this is version 2.",
    )  # fmt: skip
    page.submit("Sign the new text", **SURE)
    visitor.open(links[1]).submit("Withdraw the signature", sure=True)
    otto.visit("overview.detail", slug=letter.slug, **HERE).says("1 signatory has not replied to the change of the text.")
    clock.shift(4 * DAY)
    settle()
    assert replies() == ["confirmed", "objected", "not-objected"]
    assert signature_states(letter) == ["published", "withdrawn", "published", "published"]
    visitor.open(f"/letters/{letter.slug}").says("One organization has signed").never_says("Alliance 01", "Alliance 03")
    editions.deliver_edition(letter)
    visitor.open(f"/letters/{letter.slug}").says("Alliance 01", "Alliance 03").never_says("Alliance 02")


def test_whoever_confirms_reads_that_the_name_is_for_the_next_edition(
    visitor: Visitor, edition: Edition, settings: Settings, postbox: Inbox
) -> None:
    link = newest_link(settings, postbox, "nia@a1.example")
    editions.record_delivery(edition)
    visitor.open(link).submit("Sign the new text", **SURE)
    newest_link(settings, postbox, "nia@a1.example")
    text = postbox.to("nia@a1.example")[-1].text.replace("\n", " ")
    assert "It is on the letter for its next edition; the delivered one doesn’t change:" in text


def test_nobody_is_asked_for_a_reply_to_a_withdrawn_letter(
    visitor: Visitor, letter: Letter, edition: Edition, settings: Settings, postbox: Inbox
) -> None:
    link = newest_link(settings, postbox, "nia@a1.example")
    letter = db.session.get_one(Letter, letter.id)
    letter.move(LetterMove.WITHDRAW, now())
    db.session.commit()
    visitor.open(link).never_says("Sign the new text")
