"""S11, S22: rate limits of confirmation emails hold across processes, and lock no real organization out."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from letterhub.app import create_app
from letterhub.clock import now
from letterhub.commands.signatures.sign import sign_letter
from letterhub.config import Settings
from letterhub.domain.abuse.submission_limits import (
    DOMAIN_LIMIT,
    LETTER_FLOOD_THRESHOLD,
    NETWORK_FLOOD_THRESHOLD,
    NETWORK_LIMIT,
    Sender,
)
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.letters.signing_settings import PublishRule
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import MailState
from letterhub.domain.signatures.signing import SigningRequest
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import Letter, OutboxMessage, SubmissionOrigin
from tests.conftest import NOON
from tests.support import cast, factories
from tests.support.servers.database_copies import SITE, settings_for
from tests.support.servers.processes import PROCESSES
from tests.support.signing_steps import confirm_link, fill_in, signatures
from tests.support.visitor import Page, Visitor

HERE, ELSEWHERE = "203.0.113.7", "198.51.100.7"
COUNT, EACH = 4, 8
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter that publishes reviewed organizations at once, as are all that sign it here."""
    factories.add_reviewed_names(
        *((f"Alliance {number}", f"alliance{number}.example") for number in (*range(LETTER_FLOOD_THRESHOLD + 5), 50))
    )
    return factories.open_letter(deadline_at=None, publish_rule=PublishRule.REVIEWED)


def stranger(app: Flask, letter: Letter, number: int, address: str = HERE, **changes: str) -> Page:
    """Fill in the form as a new person, from a network."""
    visitor = Visitor(app, SITE)
    visitor.client.environ_base["REMOTE_ADDR"] = address
    typed = {"organization": f"Alliance {number}", "email": f"someone{number}@alliance{number}.example"} | changes
    return fill_in(visitor, letter, **typed)


def email_delays() -> list[dt.timedelta]:
    """Return the delay of each email, oldest first."""
    end_read_transaction()
    return [due_at - now() for due_at in db.session.scalars(select(OutboxMessage.due_at).order_by(OutboxMessage.id))]


def signing_request(
    number: int, email: str = "nia@alliance.example", website: str = "https://alliance.example"
) -> SigningRequest:
    """Return a signing request with the fields that a form requires."""
    line = Signatory(f"Alliance {number}", "Nia Example", "Director", website=website, section="national")
    return SigningRequest(line, EmailAddress(email), 1)


def sign_from_many_networks(letter: Letter, numbers: range, network: str = "198.51.{}.7") -> None:
    """Submit forms of organizations that each have a site and a mailbox there, each from a network of its own."""
    for number in numbers:
        request = signing_request(number, f"nia@alliance{number}.example", f"https://alliance{number}.example")
        sign_letter(letter.id, request, at=now(), sender=Sender(network.format(number)))
    end_read_transaction()


def test_the_page_tells_a_network_that_asks_often_when_its_mail_leaves(app: Flask, letter: Letter) -> None:
    for number in range(NETWORK_LIMIT.burst):
        sign_letter(letter.id, signing_request(number, f"n{number}@one{number}.example"), at=now(), sender=Sender(HERE))
    limited = stranger(app, letter, 100, email=cast.CLARA.email)
    limited.says("We’ll email a link to", "by 12:03 p.m. Eastern.", "requested many of these emails")
    stranger(app, letter, 101, ELSEWHERE).says("for an email with a link").never_says("We’ll email")
    assert email_delays() == [0 * MINUTE] * NETWORK_LIMIT.burst + [3 * MINUTE, 0 * MINUTE]


@pytest.mark.shows("S22")
def test_s22_the_first_forms_of_a_network_wait_for_nobody_however_many_strangers_come(app: Flask, letter: Letter) -> None:
    for number in range(DOMAIN_LIMIT.burst + 40):
        address = f"2001:db8:{number % 8}::1"
        sign_letter(letter.id, signing_request(number, f"n{number}@alliance.example"), at=now(), sender=Sender(address))
    assert max(email_delays()) > 10 * MINUTE
    stranger(app, letter, 1, ELSEWHERE, email="clara@alliance.example")
    assert email_delays()[-1] == 0 * MINUTE


def sign_many(database_url: str, folder: Path, letter_id: int) -> int:
    """Sign as often as possible, in a web process of its own; return the number of forms saved."""
    with create_app(settings_for(database_url, folder)).app_context():
        numbers = [sign_letter(letter_id, signing_request(number), at=NOON, sender=Sender(HERE)) for number in range(EACH)]
        db.engine.dispose()
    return len(numbers)


@pytest.mark.shows("S22")
def test_s22_four_processes_have_a_mailbox_mailed_no_more_often_than_one(
    app: Flask, letter: Letter, settings: Settings, tmp_path: Path
) -> None:
    with PROCESSES.Pool(COUNT) as pool:
        counts = pool.starmap(sign_many, [(settings.database_url, tmp_path, letter.id)] * COUNT)
    end_read_transaction()
    lines = db.session.scalars(select(OutboxMessage)).all()
    states = [(line.state, line.due_at - NOON) for line in lines]
    assert sum(counts) == len(states) == COUNT * EACH
    assert states.count((MailState.WAITING, 0 * MINUTE)) == 5
    assert states.count((MailState.WAITING, dt.timedelta(days=1))) == 1
    assert db.session.scalar(select(func.count(SubmissionOrigin.signature_id))) == COUNT * EACH


def test_a_flood_is_marked_and_nothing_of_it_is_published_at_once(app: Flask, letter: Letter, visitor: Visitor) -> None:
    for number in range(NETWORK_FLOOD_THRESHOLD):
        stranger(app, letter, number, website=f"https://alliance{number}.example")
    stranger(app, letter, 50, ELSEWHERE, website="https://alliance50.example")
    assert [row.from_flood for row in signatures()] == [True] * NETWORK_FLOOD_THRESHOLD + [False]
    for row in (signatures()[0], signatures()[-1]):
        visitor.open(confirm_link(row)).submit("Sign for our organization", authorized=True)
    assert (signatures()[0].state, signatures()[-1].state) == (SignatureState.CONFIRMED, SignatureState.PUBLISHED)
    factories.staff(cast.SAM)
    visitor.sign_in(cast.SAM)
    pages = f"/staff/coalition-for-clean-rivers/letters/{letter.slug}/review"
    visitor.open(pages).says("Alliance 0", "part of a flood")
    visitor.open(f"{pages}?pick=flood").says("Alliance 0").never_says("Alliance 50")


def test_who_confirms_is_no_part_of_a_letters_flood(app: Flask, letter: Letter, visitor: Visitor) -> None:
    sign_from_many_networks(letter, range(LETTER_FLOOD_THRESHOLD))
    assert all(row.from_flood for row in signatures())
    visitor.open(confirm_link(signatures()[0])).submit("Sign for our organization", authorized=True)
    first, second, *_others = signatures()
    assert (first.state, first.from_flood, second.from_flood) == (SignatureState.PUBLISHED, False, True)


@pytest.mark.shows("S22")
def test_s22_who_confirms_is_part_of_her_networks_flood_all_the_same(app: Flask, letter: Letter, visitor: Visitor) -> None:
    sign_from_many_networks(letter, range(LETTER_FLOOD_THRESHOLD - 1))
    sign_from_many_networks(letter, range(100, 100 + NETWORK_FLOOD_THRESHOLD), network=HERE)
    visitor.open(confirm_link(signatures()[-1])).submit("Sign for our organization", authorized=True)
    assert (signatures()[-1].state, signatures()[-1].from_flood) == (SignatureState.CONFIRMED, True)


def test_what_came_from_nobody_knows_where_stays_in_a_flood(app: Flask, letter: Letter, visitor: Visitor) -> None:
    sign_from_many_networks(letter, range(LETTER_FLOOD_THRESHOLD))
    for row in db.session.scalars(select(SubmissionOrigin)):
        row.network_hash = ""  # the worker deletes it after some days
    db.session.commit()
    visitor.open(confirm_link(signatures()[0])).submit("Sign for our organization", authorized=True)
    assert (signatures()[0].state, signatures()[0].from_flood) == (SignatureState.CONFIRMED, True)


def test_traces_hold_no_address_and_differ_from_letter_to_letter(app: Flask, letter: Letter) -> None:
    other = factories.open_letter(replace(factories.TEXT, title="Another letter"))
    for one in (letter, other):
        for address in (HERE, "203.0.113.99"):
            sign_letter(one.id, signing_request(1), at=now(), sender=Sender(address))
    end_read_transaction()
    origins = db.session.scalars(select(SubmissionOrigin).order_by(SubmissionOrigin.signature_id)).all()
    assert [origins[0].network_hash == origin.network_hash for origin in origins] == [True, True, False, False]
    assert all(len(origin.network_hash) == 32 and origin.network_hash[:3] != "203" for origin in origins)


def test_behind_an_unknown_proxy_nobody_is_taken_for_a_flood(app: Flask, letter: Letter) -> None:
    for number in range(NETWORK_FLOOD_THRESHOLD + 2):
        sign_letter(letter.id, signing_request(number, f"n{number}@one{number}.example"), at=now(), sender=Sender("10.0.0.1"))
    assert not any(row.from_flood for row in signatures())
    assert set(email_delays()) == {0 * MINUTE}


@pytest.fixture
def slow(settings: Settings) -> Settings:
    """Settings under which a form must be open for two seconds."""
    return replace(settings, min_fill_seconds=2)


def test_who_is_faster_than_a_person_is_asked_again_and_loses_nothing(slow: Settings, clock: time_machine.Traveller) -> None:
    app = create_app(slow)
    with app.app_context():
        letter, visitor = factories.open_letter(deadline_at=None), Visitor(app, SITE)
        page = fill_in(visitor, letter, status=422).says("Please review your entries and submit again.")
        assert signatures() == []
        clock.shift(dt.timedelta(seconds=2))
        page.submit("Send me the link").says("Check your email")
        assert len(signatures()) == 1
        db.session.remove()


@pytest.mark.parametrize("once", ["", "made up", "WzFd.ZZZZ.forged", "\x00", "a" * 5000])
def test_a_stamp_that_is_not_ours_is_replaced_and_nothing_is_lost(visitor: Visitor, letter: Letter, once: str) -> None:
    page = fill_in(visitor, letter, status=422, form_token=once).says("This page has been open for a long time.")
    page.submit("Send me the link").says("Check your email")


def test_a_form_of_yesterday_is_taken_and_one_of_last_week_is_shown_again(
    visitor: Visitor, letter: Letter, clock: time_machine.Traveller
) -> None:
    page = visitor.visit("signing.new", slug=letter.slug)
    clock.shift(dt.timedelta(hours=47))
    page.submit("Send me the link", **cast.CLARA.form, authorized=True).says("Check your email")
    clock.shift(dt.timedelta(hours=2))
    page.submit("Send me the link", status=422, **cast.CLARA.form, authorized=True).says("This page has been open")
