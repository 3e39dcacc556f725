"""Pages about email: staff see the state of each, the demo shows every email, and no other site has that page."""

import datetime as dt
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from letterhub.app import create_app
from letterhub.clock import now
from letterhub.commands.mail.send import send_due_mail
from letterhub.commands.operations.purge import purge_expired_data
from letterhub.config import Settings, demo_environment, parse_settings
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.operations.retention import ErasableData
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.mail.outbox import queue_mail
from letterhub.mail.transport import DemoMailbox
from letterhub.models import AuditEntry, Letter, OutboxMessage, Signature
from letterhub.queries.mail.outbox import PAGE_SIZE
from tests.support import factories
from tests.support.cast import CLARA, FREE_MAIL_SIGNER, OTHER_COALITION, SAM
from tests.support.servers.database_copies import SITE
from tests.support.servers.mail_server import Inbox
from tests.support.visitor import Page, Visitor

HOME = "http://127.0.0.1:8000"


def posted(signature: Signature, coalition_id: int) -> OutboxMessage:
    facts = {"at": now(), "coalition_id": coalition_id, "letter_id": signature.letter_id, "signature_id": signature.id}
    return factories.save(queue_mail(MailKind.CONFIRM, signature.email, **facts))


@pytest.fixture
def letter(app: Flask) -> Letter:
    factories.staff(SAM)
    return factories.open_letter()


@pytest.fixture
def signature(letter: Letter) -> Signature:
    return factories.signature(letter, state=SignatureState.PENDING)


@pytest.fixture
def line(signature: Signature) -> OutboxMessage:
    return posted(signature, factories.coalition().id)


def mail_page(visitor: Visitor) -> Page:
    visitor.sign_in(SAM)
    return visitor.visit("outbox.index", coalition=factories.coalition().slug)


def test_an_empty_outbox_says_what_will_stand_here(visitor: Visitor, signature: Signature) -> None:
    mail_page(visitor).says("No emails yet.")


def test_staff_see_a_mail_wait_and_leave(visitor: Visitor, settings: Settings, line: OutboxMessage) -> None:
    page = mail_page(visitor).says(CLARA.email, CLARA.organization, "Waiting 1", "Sent 0")
    send_due_mail(settings)
    page.follow("All").says("Waiting 0", "Sent 1", "Please confirm")


@pytest.mark.shows("R3")
def test_staff_see_why_a_mail_failed_and_have_it_tried_again(
    visitor: Visitor, settings: Settings, line: OutboxMessage, postbox: Inbox
) -> None:
    postbox.answer = "550 5.1.1 No such mailbox"
    send_due_mail(settings)
    page = mail_page(visitor).says("One email failed", "The mail server answered 550: 5.1.1 No such mailbox")
    page = page.submit(f"Try again: {CLARA.email}").says(f"The email to {CLARA.email} is on its way again.")
    postbox.answer = Inbox.ACCEPTED
    assert send_due_mail(settings) == 1
    page.follow("Sent 0").says(CLARA.email, "Sent 1")


def test_staff_see_and_retry_only_their_own_coalitions_mail(visitor: Visitor, signature: Signature) -> None:
    other = factories.coalition(OTHER_COALITION)
    foreign = posted(signature, other.id)
    foreign.fail(now(), "The mail server answered 550: no")
    number = factories.save(foreign).id
    page = mail_page(visitor).never_says(CLARA.email)
    token = page.html.partition('name="csrf_token" value="')[2].partition('"')[0]
    address = f"/staff/{factories.coalition().slug}/email/{number}/retry"
    assert visitor.ask(address, method="POST", data={"csrf_token": token}).status_code == 404
    assert db.session.get_one(OutboxMessage, number).failed_at is not None


def test_mails_are_found_by_address_and_paged(visitor: Visitor, letter: Letter, signature: Signature) -> None:
    for _ in range(PAGE_SIZE + 1):
        posted(signature, factories.coalition().id)
    posted(factories.signature(letter, by=FREE_MAIL_SIGNER), factories.coalition().id)
    page = mail_page(visitor)
    assert page.html.count("<tr>") == PAGE_SIZE + 1
    page.follow("Next").says(CLARA.email).follow("Previous").says(FREE_MAIL_SIGNER.email)
    page.submit("Search", q="FRED").says(FREE_MAIL_SIGNER.email).never_says(CLARA.email)
    page.submit("Search", q="nobody").says("No emails match.")


@pytest.fixture
def demo(app: Flask, tmp_path: Path, settings: Settings) -> Visitor:
    """A visitor of the demo, on the same database as the site under test."""
    shown = parse_settings(demo_environment(HOME) | {"LETTERHUB_DATA_DIR": str(tmp_path)})
    return Visitor(create_app(replace(shown, database_url=settings.database_url)), HOME)


def test_the_demo_shows_every_mail_with_its_links(demo: Visitor, line: OutboxMessage) -> None:
    demo.visit("demo_mailbox.index").says("No emails yet.")
    assert send_due_mail(demo.app.extensions["settings"]) == 1
    page = demo.visit("demo_mailbox.index").says(CLARA.email)
    mail = page.follow("Confirm your signature: Clean rivers for everyone").says(
        "You haven’t signed yet.", CLARA.email, "Eastern"
    )
    [link] = [one.get("href") for one in mail.tree.iter("a") if "/confirm/" in one.get("href", "")]
    assert link.startswith("https://letters.example.org/confirm/")
    page.submit("Search", q="CLARA@").says("Confirm your signature")
    page.submit("Search", q="somebody.else").says("No emails to an address like this.")


def test_the_demo_says_which_files_came_with_a_mail(demo: Visitor, line: OutboxMessage) -> None:
    with DemoMailbox(demo.app.extensions["settings"].data_dir) as box:
        message = EmailMessage(policy=SMTP)
        message["From"], message["To"], message["Subject"], message["Date"] = (
            "a@example.org",
            "b@example.org",
            "Delivered",
            now(),
        )
        message.set_content("Your copy")
        message.add_attachment(b"%" * 300_000, "application", "pdf", filename="rivers-edition-1.pdf")
        box.send(message, "b@example.org")
    demo.visit("demo_mailbox.index").follow("Delivered").says("rivers-edition-1.pdf", "300.0 kB")


@pytest.mark.shows("S3")
def test_a_mail_as_html_is_caged(demo: Visitor, line: OutboxMessage) -> None:
    send_due_mail(demo.app.extensions["settings"])
    mail = demo.visit("demo_mailbox.index").follow("Confirm your signature: Clean rivers for everyone")
    shown = demo.ask(f"{mail.path}/html")
    policy = shown.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'; style-src 'unsafe-inline';")
    assert "Read the letter and confirm" in shown.text


@pytest.mark.parametrize("key", ["none", "%2e%2e%2fhuey.db", "new", "cur%2f..", ".."])
def test_only_mails_are_shown(demo: Visitor, line: OutboxMessage, key: str) -> None:
    send_due_mail(demo.app.extensions["settings"])
    assert demo.ask(f"/demo/mailbox/{key}/html").status_code == 404


@pytest.mark.parametrize("address", ["/demo/mailbox", "/demo/mailbox/1", "/demo/mailbox/1/html", "/demo", "/demo/"])
def test_no_other_site_has_the_mailbox(visitor: Visitor, address: str) -> None:
    visitor.open(address, status=404)


def test_a_site_that_is_no_demo_sends_no_mail_into_a_mailbox(settings: Settings, line: OutboxMessage) -> None:
    send_due_mail(settings)
    assert not (settings.data_dir / "mailbox").exists()
    assert settings.public_url == SITE


def test_what_nobody_confirms_in_three_weeks_expires(
    letter: Letter, signature: Signature, clock: time_machine.Traveller
) -> None:
    number = signature.id
    factories.signature(letter, by=FREE_MAIL_SIGNER, state=SignatureState.CONFIRMED)
    clock.shift(dt.timedelta(days=20, hours=23))
    assert purge_expired_data(letter.id, ErasableData.ENTRIES, now()) == 0
    clock.shift(dt.timedelta(hours=1))
    assert purge_expired_data(letter.id, ErasableData.ENTRIES, now()) == 1
    assert purge_expired_data(letter.id, ErasableData.ENTRIES, now()) == 0
    assert db.session.get_one(Signature, number).state is SignatureState.EXPIRED
    entry = db.session.query(AuditEntry).filter_by(action="expired").one()
    assert (entry.actor, entry.subject) == ("worker", f"signature-{number}")
