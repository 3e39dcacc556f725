"""S24, S32: one network blocks nobody else, and costs little; a page says only true things about an email."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from letterhub.app import create_app
from letterhub.clock import now
from letterhub.commands.abuse import _submission_limiter as submission_limiter
from letterhub.commands.mail._mail_holds import suppress_mail
from letterhub.commands.mail.send import send_due_mail
from letterhub.commands.signatures.confirm import confirm_signature
from letterhub.commands.signatures.sign import sign_letter
from letterhub.config import Settings
from letterhub.domain.abuse.submission_limits import (
    MAILBOX_MAILS_PER_DAY,
    NETWORK_LIMIT,
    NETWORK_MAILS_PER_DAY,
    FormTokenSpent,
    Sender,
    TooManyForms,
)
from letterhub.domain.letters.letter_document import LetterText, Signatory
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import MailState, SuppressionReason
from letterhub.domain.signatures.signing import SigningRequest
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.infrastructure.signed_links import hash_mailbox
from letterhub.models import Invitation, Letter, OutboxMessage, Signature
from tests.conftest import NOON
from tests.support import cast, factories
from tests.support.servers.database_copies import SITE, settings_for
from tests.support.servers.mail_server import Inbox
from tests.support.servers.processes import PROCESSES
from tests.support.signing_steps import confirm_link, fill_in, newest_link, signatures
from tests.support.visitor import Page, Visitor

CRANE = "203.0.113.7"
MINUTE = dt.timedelta(minutes=1)
CLARA = cast.CLARA.email
Known = Callable[[Letter], None]


def titled(title: str) -> LetterText:
    return replace(factories.TEXT, title=title)


def signs(letter: Letter, address: str, email: str, name: str = "Alliance", once: str = "") -> int:
    line = Signatory(name, "Nia Example", "Director", website="https://alliance.example", section="national")
    return sign_letter(letter.id, SigningRequest(line, EmailAddress(email), 1, once), at=now(), sender=Sender(address))


def visitor_from(app: Flask, address: str) -> Visitor:
    """Return a browser in a network."""
    visitor = Visitor(app, SITE)
    visitor.client.environ_base["REMOTE_ADDR"] = address
    return visitor


def delays_to(email: str) -> list[dt.timedelta]:
    """Return the delays of the unsent emails to an address, without cancelled ones, oldest first."""
    end_read_transaction()
    found = select(OutboxMessage).where(OutboxMessage.recipient == email).order_by(OutboxMessage.id)
    return [line.due_at - now() for line in db.session.scalars(found) if line.state is MailState.WAITING]


@pytest.mark.shows("S24")
def test_s24_forms_from_one_network_hold_up_nobodys_first_mail(letter: Letter, settings: Settings, postbox: Inbox) -> None:
    homes = {f"office@a{number}.example": f"198.51.{number}.7" for number in range(12)}
    for round_ in range(5):
        for email in homes:
            signs(letter, CRANE, email, f"Crane Society {round_}")
    for email in list(homes)[NETWORK_LIMIT.burst :]:
        assert len(delays_to(email)) == 1  # newer ones replaced it
    send_due_mail(settings)
    for email, home in homes.items():
        signs(letter, home, email, "Our own name")
        assert delays_to(email) == [0 * MINUTE]
    send_due_mail(settings)
    for email in homes:
        assert "Our own name" in postbox.to(email)[-1].text


@pytest.mark.shows("S24")
def test_s24_three_offices_in_one_network_wait_for_no_other_network(letter: Letter) -> None:
    for number in range(100):
        signs(letter, CRANE, f"n{number}@alliance.example")
    for number in range(5):
        signs(letter, "198.51.100.7", f"own{number}@alliance.example")
        assert delays_to(f"own{number}@alliance.example") == [0 * MINUTE]


@pytest.mark.shows("S24")
def test_s24_one_network_under_many_letters_does_not_fill_a_mailbox(app: Flask, settings: Settings, postbox: Inbox) -> None:
    letters = [factories.open_letter(titled(f"Letter {number}"), deadline_at=None) for number in range(8)]
    for letter in letters:
        for number in range(6):
            signs(letter, CRANE, CLARA, f"Crane Society {number}")
    send_due_mail(settings)
    assert len(postbox.to(CLARA)) <= NETWORK_MAILS_PER_DAY
    for letter in letters:
        signs(letter, "198.51.100.7", CLARA, "Example Alliance")
    assert delays_to(CLARA) == [0 * MINUTE] * len(letters)


@pytest.mark.shows("S22")
def test_s22_many_networks_fill_a_mailbox_and_its_reader_signs_all_the_same(
    app: Flask, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    for number in range(MAILBOX_MAILS_PER_DAY + 5):
        signs(letter, f"198.51.{number}.7", CLARA, f"Crane Society {number}")
    send_due_mail(settings)
    assert len(postbox.to(CLARA)) == MAILBOX_MAILS_PER_DAY
    home = visitor_from(app, "192.0.2.7")
    fill_in(home, letter).says("for an email with a link")
    assert delays_to(CLARA) == [dt.timedelta(days=1)]
    page = home.open(newest_link(settings, postbox)).submit("Cancel this request", sure=True).follow("Sign again")
    page.submit("Send me the link", **cast.CLARA.form, authorized=True)
    assert delays_to(CLARA) == [0 * MINUTE]


@pytest.mark.shows("S24")
def test_s24_a_waiting_mail_gives_its_place_to_a_newer_one_and_never_later(letter: Letter) -> None:
    for number in range(NETWORK_LIMIT.burst + 2):
        signs(letter, CRANE, f"n{number}@one{number}.example")
    signs(letter, CRANE, CLARA)
    assert delays_to(CLARA) == [9 * MINUTE]
    signs(letter, CRANE, "later@one.example")
    signs(letter, CRANE, CLARA, "A newer name")
    assert delays_to(CLARA) == [9 * MINUTE]
    signs(letter, "198.51.100.7", CLARA, "The newest name")
    assert delays_to(CLARA) == [0 * MINUTE]


def add_contact(letter: Letter) -> None:
    """Add a published signature of the mailbox's owner under another letter of the coalition."""
    factories.signature(factories.open_letter(titled("An older letter")))


def as_invited(letter: Letter) -> None:
    key = hash_mailbox(letter.id, EmailAddress(CLARA))
    factories.save(Invitation(letter_id=letter.id, email=CLARA, mailbox_hash=key, line={}, invited_at=now()))


def suppress_mailbox(letter: Letter) -> None:
    """Suppress email to the mailbox, as after "we didn't send this form" by its owner."""
    signature = factories.signature(letter, state=SignatureState.PENDING)
    suppress_mail(signature, SuppressionReason.DISOWNED, now())
    db.session.commit()


def pages_of(app: Flask, letter: Letter, network: str, before: int) -> list[str]:
    """Return the pages that a network gets when it submits many forms."""
    for number in range(before):
        signs(letter, network, f"n{number}@one{number}.example")
    return [fill_in(visitor_from(app, network), letter, organization=f"Alliance {number}").text for number in range(8)]


@pytest.mark.shows("S11")
@pytest.mark.parametrize("known", [add_contact, as_invited, suppress_mailbox])
@pytest.mark.parametrize("before", [NETWORK_LIMIT.burst - 3, NETWORK_LIMIT.burst, 3])
def test_s11_what_a_page_says_of_a_mail_tells_nothing_of_its_mailbox(
    app: Flask, letter: Letter, known: Known, before: int
) -> None:
    unknown, other = pages_of(app, letter, CRANE, before), factories.open_letter(titled("A second letter"), deadline_at=None)
    known(other)
    pages = [text.replace("A second letter", factories.TEXT.title) for text in pages_of(app, other, "192.0.2.7", before)]
    assert pages == unknown
    assert "We’ll email a link to" in unknown[-1]


@pytest.mark.shows("S24")
@pytest.mark.parametrize("known", [add_contact, as_invited])
def test_s24_a_known_contact_is_not_held_up_by_strangers_in_its_own_network(letter: Letter, known: Known) -> None:
    known(letter)
    for number in range(NETWORK_LIMIT.burst + 20):
        signs(letter, CRANE, f"n{number}@one{number}.example")
    signs(letter, CRANE, CLARA)
    assert delays_to(CLARA) == [0 * MINUTE]
    signs(letter, CRANE, CLARA, "A second name")
    assert delays_to(CLARA) == [0 * MINUTE, 21 * 3 * MINUTE]  # the next one is delayed like any other


@pytest.mark.shows("S32")
def test_s32_one_network_leaves_so_many_unconfirmed_forms_and_loses_nothing_beyond(
    app: Flask, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submission_limiter, "MAX_UNCONFIRMED_FORMS", 4)
    numbers = [signs(letter, CRANE, f"n{number}@one{number}.example") for number in range(4)]
    page = fill_in(visitor_from(app, CRANE), letter, status=429).says("Too many forms came from your network today")
    assert len(signatures()) == 4
    with pytest.raises(TooManyForms):
        signs(letter, "203.0.113.99", CLARA)
    fill_in(visitor_from(app, "198.51.100.7"), letter).says("Check your email")
    confirm_signature(numbers[0], revision=1, at=now())
    page.submit("Send me the link").says("Check your email")
    assert signatures()[-1].organization_name == cast.CLARA.organization


@pytest.mark.shows("S22", "S32")
def test_s22_a_reader_signs_from_a_network_that_left_too_many_forms(
    app: Flask, letter: Letter, settings: Settings, postbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submission_limiter, "MAX_UNCONFIRMED_FORMS", 4)
    for number in range(4):
        signs(letter, CRANE, CLARA, f"Crane Society {number}")
    page = visitor_from(app, CRANE).open(newest_link(settings, postbox)).submit("Cancel this request", sure=True)
    page.follow("Sign again").submit("Send me the link", **cast.CLARA.form, authorized=True).says("Check your email")


@pytest.mark.shows("S32")
@pytest.mark.parametrize("changed", ["", "!", "-", "%0a", "="])
def test_s32_a_stamp_is_spent_once_however_it_is_spelled(app: Flask, letter: Letter, changed: str) -> None:
    page = visitor_from(app, CRANE).visit("signing.new", slug=letter.slug)
    page.submit("Send me the link", **cast.CLARA.form, authorized=True).says("Check your email")
    stamp = next(field.get("value", "") for field in page.tree.iter("input") if field.get("name") == "form_token")
    typed = cast.CLARA.form | {"organization": "Another Alliance", "form_token": stamp + changed}
    again = page.submit("Send me the link", status=422, **typed, authorized=True)
    assert re.search(r'value="Another Alliance"', again.html)
    assert len(signatures()) == 1


@pytest.mark.shows("S32")
def test_s32_a_stamp_of_one_letter_is_none_of_another(app: Flask, letter: Letter) -> None:
    other, visitor = factories.open_letter(titled("Another letter")), visitor_from(app, CRANE)
    page = visitor.visit("signing.new", slug=letter.slug)
    stamp = next(field.get("value", "") for field in page.tree.iter("input") if field.get("name") == "form_token")
    fill_in(visitor, other, status=422, form_token=stamp).says("This page has been open for a long time.")


def send_one_form_often(database_url: str, folder: Path, letter_id: int, process: int) -> list[str]:
    """Send one form with different texts, in a web process of its own; return the outcome of each."""
    with create_app(settings_for(database_url, folder)).app_context():
        found = []
        for number in range(5):
            line = Signatory(f"Alliance {process} {number}", "Nia Example", "Director", section="national")
            try:
                sign_letter(letter_id, SigningRequest(line, EmailAddress(CLARA), 1, "one stamp"), at=NOON, sender=Sender(CRANE))
                found.append("saved")
            except FormTokenSpent:
                found.append("spent")
        db.engine.dispose()
    return found


@pytest.mark.shows("S32")
def test_s32_four_processes_spend_a_stamp_once(app: Flask, letter: Letter, settings: Settings, tmp_path: Path) -> None:
    with PROCESSES.Pool(4) as pool:
        outcomes = pool.starmap(send_one_form_often, [(settings.database_url, tmp_path, letter.id, one) for one in range(4)])
    end_read_transaction()
    assert [one for some in outcomes for one in some].count("saved") == db.session.scalar(select(func.count(Signature.id))) == 1


def test_a_promise_is_told_until_its_time(app: Flask, letter: Letter, clock: time_machine.Traveller) -> None:
    for number in range(NETWORK_LIMIT.burst):
        signs(letter, CRANE, f"n{number}@one{number}.example")
    visitor = visitor_from(app, CRANE)
    page: Page = fill_in(visitor, letter).says("by 12:03 p.m. Eastern.")
    clock.shift(3 * MINUTE)
    visitor.open(page.path).says("for an email with a link").never_says("We’ll email")
    visitor.open(confirm_link(signatures()[-1])).says("Sign for our organization")
