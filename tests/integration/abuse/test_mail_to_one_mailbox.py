"""Limits of email to strangers: one network can email a mailbox a few times a day, and every limit expires."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from letterhub.clock import now
from letterhub.commands.mail._mail_holds import suppress_mail
from letterhub.commands.mail.send import send_due_mail
from letterhub.config import Settings
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import MailState, SuppressionReason
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, OutboxMessage, Signature
from letterhub.queries.abuse.submission_limits import suppression_sentence
from tests.support import cast, factories
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import confirm_link, fill_in, newest_link, signatures
from tests.support.visitor import Page, Visitor

DAY = dt.timedelta(days=1)
Fill = Callable[..., Page]


@pytest.fixture
def stranger_fills_in(app: Flask, visitor: Visitor, letter: Letter) -> Fill:
    """Fill in the form in a browser of its own."""

    def filled_fields(**changes: str) -> Page:
        return fill_in(Visitor(app, visitor.base_url), letter, **changes)

    return filled_fields


def states_of_mails() -> list[MailState]:
    db.session.expire_all()
    return [line.state for line in db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))]


def is_delayed() -> bool:
    """Return whether the newest email is delayed to a later day."""
    db.session.expire_all()
    line = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert line is not None
    return line.state is MailState.WAITING and line.due_at > now() + DAY / 2


def test_the_sixth_mail_of_a_day_waits_for_the_next_and_a_newer_one_takes_its_place(
    stranger_fills_in: Fill, settings: Settings, postbox: Inbox, clock: time_machine.Traveller
) -> None:
    pages = [stranger_fills_in(organization=f"Alliance {number}") for number in range(8)]
    assert [len({page.text for page in some}) for some in (pages[:5], pages[5:])] == [1, 1]
    pages[7].says("We’ll email a link to", "by Thursday, January 6, 2022, 12:00 p.m. Eastern.")
    assert len(signatures()) == 8
    send_due_mail(settings)
    assert len(postbox.to(cast.CLARA.email)) == 5
    assert states_of_mails() == [MailState.SENT] * 5 + [MailState.CANCELLED] * 2 + [MailState.WAITING]
    clock.shift(DAY)
    send_due_mail(settings)
    assert "Alliance 7" in postbox.to(cast.CLARA.email)[-1].text
    assert len(postbox.to(cast.CLARA.email)) == 6


@pytest.mark.shows("S9")
def test_another_spelling_of_the_address_is_the_same_mailbox(
    stranger_fills_in: Fill, settings: Settings, postbox: Inbox
) -> None:
    for number in range(7):
        stranger_fills_in(email=f"Fred.Example+{number}@gmail.com")
    send_due_mail(settings)
    assert states_of_mails().count(MailState.SENT) == 5
    stranger_fills_in(email=cast.CLARA.email)
    assert not is_delayed()


@pytest.mark.shows("S22")
def test_tags_that_a_host_may_not_know_use_nothing_up_for_the_address_without(
    stranger_fills_in: Fill, settings: Settings, postbox: Inbox
) -> None:
    for number in range(7):
        stranger_fills_in(email=f"Office+x{number}@victim.example")
    send_due_mail(settings)
    assert states_of_mails() == [MailState.SENT] * 5 + [MailState.WAITING] * 2
    stranger_fills_in(email="OFFICE@victim.example")
    assert not is_delayed()
    stranger_fills_in(email="office+y@victim.example")
    assert is_delayed()
    for number in range(4):
        stranger_fills_in(email="office@victim.example", organization=f"Alliance {number}")
        assert not is_delayed()
    stranger_fills_in(email="office@victim.example", organization="Alliance of strangers")
    assert is_delayed()


@pytest.mark.parametrize(
    ("bounced", "other", "stopped"),
    [
        ("office+x@victim.example", "office@victim.example", False),
        ("office+x@victim.example", "office+y@victim.example", False),
        ("office+x@victim.example", "Office+X@victim.example", True),
        ("office@victim.example", "office+x@victim.example", True),
        ("a.nn+x@gmail.com", "ann@googlemail.com", True),
    ],
)
def test_what_a_host_does_not_know_says_nothing_of_the_same_without_its_tag(
    stranger_fills_in: Fill, letter: Letter, bounced: str, other: str, stopped: bool
) -> None:
    stranger_fills_in(email=bounced)
    suppress_mail(db.session.get_one(Signature, signatures()[-1].id), SuppressionReason.BOUNCED, now())
    db.session.commit()
    assert bool(suppression_sentence(letter.id, EmailAddress(other))) is stopped
    stranger_fills_in(email=other)
    assert (states_of_mails()[-1] is MailState.CANCELLED) is stopped


def test_sending_again_and_new_links_count_too(
    stranger_fills_in: Fill, visitor: Visitor, letter: Letter, clock: time_machine.Traveller
) -> None:
    old = confirm_link(factories.signature(letter, state=SignatureState.PENDING))
    clock.shift(8 * DAY)
    pages = [stranger_fills_in(organization=f"Alliance {number}") for number in range(3)]
    clock.shift(dt.timedelta(minutes=2))
    for page in pages[:2]:
        page.submit("Send it again").says("Look for another email in a minute or two.")
        assert not is_delayed()
    pages[2].submit("Send it again").says("We’ll send it again by Friday, January 14, 2022")
    assert is_delayed()
    clock.shift(DAY - dt.timedelta(minutes=3))
    visitor.open(old, status=410).submit("Send me a new link", email=cast.CLARA.email)
    assert not is_delayed()  # an older link was received at this address, too
    assert states_of_mails()[-2:] == [MailState.WAITING] * 2


def test_on_another_day_a_letter_mails_a_stranger_again(stranger_fills_in: Fill, clock: time_machine.Traveller) -> None:
    for number in range(6):
        page = stranger_fills_in(organization=f"Alliance {number}")
    assert is_delayed()
    clock.shift(DAY + dt.timedelta(minutes=1))
    page.submit("Send it again").says("Look for another email in a minute or two.")
    assert not is_delayed()


@pytest.mark.shows("S22")
def test_who_reads_the_mailbox_signs_whatever_strangers_did_to_it(
    stranger_fills_in: Fill, visitor: Visitor, settings: Settings, postbox: Inbox
) -> None:
    for number in range(9):
        stranger_fills_in(organization=f"Alliance {number}")
    page = visitor.open(newest_link(settings, postbox)).submit("Cancel this request", sure=True)
    assert states_of_mails().count(MailState.SENT) == 5
    stranger_fills_in(organization="Alliance of strangers")
    assert states_of_mails()[-1] is MailState.CANCELLED  # its owner said that it was not theirs
    page = page.follow("Sign again").submit("Send me the link", **cast.CLARA.form, authorized=True).says("Check your email")
    visitor.open(newest_link(settings, postbox)).submit("Sign for our organization", authorized=True).says(
        "Your signature is confirmed"
    )


def test_the_way_in_for_a_reader_is_for_her_own_mailbox_alone(
    stranger_fills_in: Fill, visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    for number in range(6):
        stranger_fills_in(organization=f"Alliance {number}", email="hiro@reiji.example")
    stranger_fills_in()
    page = visitor.open(newest_link(settings, postbox)).submit("Cancel this request", sure=True).follow("Sign again")
    assert page.response.headers["Referrer-Policy"] == "no-referrer"
    page.submit("Send me the link", **{**cast.CLARA.form, "email": "hiro@reiji.example"}, authorized=True)
    assert is_delayed()


def test_who_confirms_signs_for_as_many_organizations_as_she_speaks_for(stranger_fills_in: Fill, visitor: Visitor) -> None:
    for number in range(7):
        stranger_fills_in(organization=f"Alliance {number}", website=f"https://alliance{number}.example")
        visitor.open(confirm_link(signatures()[-1])).submit("Sign for our organization", authorized=True).says(
            "Your signature is confirmed"
        )
    assert MailState.CANCELLED not in states_of_mails()


def test_one_network_has_a_mailbox_mailed_ten_times_a_day_by_all_letters_together(app: Flask, visitor: Visitor) -> None:
    titles = [f"Letter {number}" for number in range(3)]
    letters = [factories.open_letter(replace(factories.TEXT, title=title)) for title in titles]
    for number, letter in enumerate(letters):
        for other in range(5):
            fill_in(Visitor(app, visitor.base_url), letter, organization=f"Alliance {other}")
            assert is_delayed() is (number == 2)
