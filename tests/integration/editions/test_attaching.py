"""An edition is attached where the recipient's server accepts its size, else linked; Otto sees beforehand which."""

from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.commands.letters.lifecycle import withdraw_letter
from letterhub.commands.mail.send import send_due_mail
from letterhub.commands.signatures.erasure_request import erase_on_request
from letterhub.commands.signatures.sign import withdraw_signature
from letterhub.config import MailServer, Settings
from letterhub.domain.editions.deliveries import MESSAGE_OVERHEAD, AttachmentMode, mail_size
from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.mail.outgoing_mail import MailState
from letterhub.infrastructure.db import db
from letterhub.models import AuditEntry, Delivery, DeliveryEmail, Edition, EditionFile, Letter, OutboxMessage, Signature
from tests.support import cast, editions, factories
from tests.support.servers.database_copies import SITE
from tests.support.servers.mail_server import Inbox, run_mail_server
from tests.support.visitor import Page, Visitor

LETTER_VALUES = {"coalition": "coalition-for-clean-rivers", "slug": "clean-rivers-for-everyone"}
OFFICE = "letters@whitehouse.example"
SENT: dict[str, Any] = {"recipients-0-name": "The White House", "recipients-0-address": OFFICE, "copies": []}
KB = 1_000


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A closed letter that two organizations have signed."""
    return factories.closed_letter()


@pytest.fixture
def edition(letter: Letter) -> Edition:
    """An edition whose PDF has 300 kB, at most 436 kB in an email."""
    return edition_of(letter, 300 * KB)


@pytest.fixture
def otto(app: Flask, edition: Edition) -> Visitor:
    factories.staff(cast.OTTO)
    visitor = Visitor(app, SITE)
    visitor.sign_in(cast.OTTO)
    return visitor


@pytest.fixture
def small_server() -> Iterator[Inbox]:
    """A mail server that accepts emails of 200 kB at most and announces it (SIZE)."""
    with run_mail_server(data_size_limit=200 * KB) as box:
        yield box


def edition_of(letter: Letter, size: int) -> Edition:
    made = editions.freeze_unrendered(letter)
    for file in db.session.query(EditionFile).filter_by(edition_id=made.id):
        file.finish(b"%" * size if file.format is FileFormat.PDF else b"short", [], now())
    db.session.commit()
    return made


def confirm_page(otto: Visitor, **facts: Any) -> Page:
    return otto.visit("delivery_emails.new", number=1, **LETTER_VALUES).submit("Preview the email", **SENT | facts)


def confirm_again(otto: Visitor, **facts: Any) -> Page:
    """Confirm that a recipient gets the edition another time."""
    asked = otto.visit("delivery_emails.new", number=1, **LETTER_VALUES)
    return asked.submit("Preview the email", status=422, **SENT | facts).submit("Preview the email", again="y")


def send_round_of_one(settings: Settings) -> int:
    """Send the first due mail alone; return how many were sent."""
    going = iter((True, False))
    return send_due_mail(settings, lambda: next(going))


def sent(page: Page) -> Page:
    return page.submit("Send to one recipient")


def files_in(message: EmailMessage) -> list[int]:
    return [len(part.get_content()) for part in message.iter_attachments()]


def texts_of(message: EmailMessage) -> tuple[str, str]:
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text
    assert html
    return text.get_content(), html.get_content()


def weighed(message: EmailMessage) -> int:
    return len(message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))


def sha256() -> str:
    return db.session.query(EditionFile).filter_by(format=FileFormat.PDF).one().sha256


def address() -> str:
    return f"{SITE}/editions/{db.session.query(Edition).one().public_id}/pdf"


def test_otto_sees_how_the_file_goes_and_how_much_leaves_in_all(otto: Visitor) -> None:
    form = otto.visit("delivery_emails.new", number=1, **LETTER_VALUES)
    form.says("PDF 300.0 kB", "email 2 signatories their copies with the PDF attached")
    page = form.submit("Preview the email", **SENT | {"copies": "y", "cc": "ada@office.example"})
    page.says(
        "Attached. Each email is up to 431.0 kB, within the limit of 10.0 MB.", "In all 2 emails, up to 862.1 kB together."
    )
    page.says("Then 2 signatories are emailed their copies.")


def test_what_is_over_the_limit_of_a_mailbox_goes_as_a_link(settings: Settings, postbox: Inbox, otto: Visitor) -> None:
    page = confirm_page(otto, mail_limit="0.4").says("As links", "up to 431.0 kB, over the limit of 400.0 kB.")
    sent(page.says("In all one email, up to 20.5 kB."))
    assert send_due_mail(settings) == 1
    (mail,) = postbox.to(OFFICE)
    assert files_in(mail.message) == []
    text, html = texts_of(mail.message)
    for part in (text, html):
        assert address() in part
        assert f"300,000 bytes, SHA-256 {sha256()}" in part
    assert "Attached" not in text + html
    assert len(otto.ask(address().removeprefix(SITE)).data) == 300 * KB


def test_a_limit_that_was_given_holds_for_the_next_email_to_the_mailbox(otto: Visitor) -> None:
    sent(confirm_page(otto, mail_limit="0.4"))
    spelled = {"recipients-0-address": "Letters+desk@WhiteHouse.example"}
    sent(confirm_again(otto, **spelled).says("over the limit of 400.0 kB"))
    confirm_page(otto, **{"recipients-0-address": "other@whitehouse.example"}).says("within the limit of 10.0 MB")
    sent(confirm_again(otto, mail_limit="25").says("within the limit of 25.0 MB"))
    confirm_again(otto).says("within the limit of 25.0 MB")
    limits = [one.mail_limit for one in db.session.query(DeliveryEmail).order_by(DeliveryEmail.id)]
    assert limits == [400 * KB, 400 * KB, 25_000 * KB]


@pytest.mark.parametrize("limit", ["0", "0.05", "36", "-1", "1e9", "NaN", "Infinity", "ten", "10 MB"])
def test_a_limit_that_no_mailbox_has_is_refused(otto: Visitor, limit: str) -> None:
    form = otto.visit("delivery_emails.new", number=1, **LETTER_VALUES)
    form.submit("Preview the email", **SENT | {"mail_limit": limit}, status=422)
    assert db.session.query(DeliveryEmail).count() == 0


def test_the_record_tells_how_the_file_was_sent(otto: Visitor) -> None:
    sent(confirm_page(otto, mail_limit="0.4"))
    entry = db.session.query(AuditEntry).filter_by(action="delivery emailed").one()
    assert (entry.after["sent"], entry.after["mail_limit"]) == ("link", 400 * KB)


def test_each_signatory_gets_its_copy_attached_with_a_link_and_none_a_second_time(
    settings: Settings, postbox: Inbox, otto: Visitor
) -> None:
    withdrawn = db.session.query(Signature).filter_by(email=cast.HIRO.email).one()
    sent(confirm_page(otto, copies="y"))
    assert send_round_of_one(settings) == 1
    assert all("content" not in line.parameters for line in db.session.query(OutboxMessage))
    withdraw_signature(withdrawn.id, now())
    assert send_due_mail(settings) == 2  # staff are notified of the withdrawal
    (mail,) = postbox.to(cast.CLARA.email)
    assert files_in(mail.message) == [300 * KB]
    assert weighed(mail.message) <= mail_size(300 * KB)
    text, _html = texts_of(mail.message)
    assert "delivered to The White House on Wednesday, January 5, 2022, 12:00 p.m. Eastern" in text
    assert "Your copy is attached as a PDF, with all 2 signatories." in text
    assert address().removesuffix("/pdf") in text
    otto.visit("delivery_emails.new", number=1, **LETTER_VALUES).never_says("signatories their copies", "signatories a link")


def test_copies_that_are_too_large_are_links(
    settings: Settings, postbox: Inbox, otto: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("letterhub.domain.editions.deliveries.COPY_LIMIT", 400 * KB)
    otto.visit("delivery_emails.new", number=1, **LETTER_VALUES).says("email 2 signatories a link to their copies")
    sent(confirm_page(otto, copies="y"))
    assert send_due_mail(settings) == 3
    (mail,) = postbox.to(cast.HIRO.email)
    assert files_in(mail.message) == []
    assert weighed(mail.message) <= MESSAGE_OVERHEAD
    assert "Your copy is here, as a PDF and in other formats, with all 2 signatories:" in texts_of(mail.message)[0]
    assert files_in(postbox.to(OFFICE)[0].message) == [300 * KB]


def test_a_server_that_takes_no_mail_of_this_size_is_sent_a_link_at_once(
    settings: Settings, small_server: Inbox, otto: Visitor
) -> None:
    sent(confirm_page(otto, copies="y"))
    small = replace(settings, mail_server=MailServer("127.0.0.1", small_server.port, tls=False))
    assert send_due_mail(small) == 3
    lines = db.session.query(OutboxMessage).all()
    assert {mail.message["Message-ID"] for mail in small_server.mails} == {line.message_id for line in lines}
    for line in lines:
        (mail,) = small_server.to(line.recipient)
        assert files_in(mail.message) == []
        assert (line.state, line.attachment_mode, line.attempts) == (MailState.SENT, AttachmentMode.LINK, 2)
        assert address().removesuffix("/pdf") in texts_of(mail.message)[0]
    otto.visit("editions.index", **LETTER_VALUES).says(
        "Accepted The White House, letters@whitehouse.example",
        "The files are too large for the recipient’s mail server, so the email has links.",
    )


def test_the_record_tells_that_a_link_left_where_the_file_was_to_be_attached(
    settings: Settings, small_server: Inbox, otto: Visitor
) -> None:
    sent(confirm_page(otto, copies="y"))
    small = replace(settings, mail_server=MailServer("127.0.0.1", small_server.port, tls=False))
    assert send_due_mail(small) == 3
    delivered, left = db.session.query(AuditEntry).filter(AuditEntry.action.in_(("delivery emailed", "left as a link")))
    assert (delivered.after["sent"], left.before, left.after) == ("attached", {"sent": "attached"}, {"sent": "link"})
    assert (left.actor, left.subject) == ("worker", "edition-1")
    page = otto.visit("audit_log.letter", **LETTER_VALUES)
    page.says("An email with edition 1 was sent with links: its files are too large for the recipient’s mail server.")


def test_the_record_tells_nothing_more_of_a_file_that_left_as_it_says(
    settings: Settings, postbox: Inbox, otto: Visitor
) -> None:
    sent(confirm_page(otto, mail_limit="0.4"))
    sent(confirm_again(otto, mail_limit="10"))
    assert send_due_mail(settings) == 2
    otto.visit("editions.index", **LETTER_VALUES).never_says("the recipient’s mail server, so")
    assert db.session.query(AuditEntry).filter_by(action="left as a link").all() == []


def test_the_record_tells_of_no_link_that_never_left(settings: Settings, postbox: Inbox, otto: Visitor) -> None:
    sent(confirm_page(otto))
    postbox.answer = "552 Too large"
    assert send_due_mail(settings) == 0
    assert db.session.query(AuditEntry).filter_by(action="left as a link").all() == []


@pytest.mark.parametrize("answer", ["554 5.2.3 Longer than this mailbox takes", "552 Too large"])
def test_a_mailbox_that_takes_no_link_either_fails(settings: Settings, postbox: Inbox, otto: Visitor, answer: str) -> None:
    sent(confirm_page(otto))
    postbox.answer = answer
    assert send_due_mail(settings) == 0
    line = db.session.query(OutboxMessage).one()
    assert (line.state, line.attachment_mode, line.attempts) == (MailState.FAILED, AttachmentMode.LINK, 2)


def test_a_full_mailbox_fails_and_is_sent_the_file_when_staff_try_again(
    settings: Settings, postbox: Inbox, otto: Visitor
) -> None:
    sent(confirm_page(otto))
    postbox.answer = "552 5.2.2 Mailbox full"
    assert send_due_mail(settings) == 0
    line = db.session.query(OutboxMessage).one()
    assert (line.state, line.attachment_mode, line.attempts) == (MailState.FAILED, AttachmentMode.ATTACHED, 1)


def test_a_delivery_is_taken_back_though_a_signatory_was_erased_and_a_copy_has_left(
    settings: Settings, postbox: Inbox, otto: Visitor
) -> None:
    sent(confirm_page(otto, copies="y"))
    assert send_due_mail(settings) == 3
    first = db.session.query(Signature).order_by(Signature.id).first()
    assert first
    erase_on_request(first.id, now())
    delivery = db.session.query(Delivery).one()
    otto.visit("deliveries.confirm_revoke", delivery_id=delivery.id, **LETTER_VALUES).submit(
        "Take back the delivery", reason="Too early"
    )
    assert db.session.query(Delivery).one().undo_reason == "Too early"


def test_nothing_of_a_letter_leaves_that_was_withdrawn(
    settings: Settings, postbox: Inbox, otto: Visitor, letter: Letter
) -> None:
    sent(confirm_page(otto, copies="y"))
    assert send_round_of_one(settings) == 1
    withdraw_letter(letter.id, actor="staff-1", at=now())
    send_due_mail(settings)
    assert [mail.recipients for mail in postbox.mails] == [(OFFICE,)]
    errors = [line.error for line in db.session.query(OutboxMessage).order_by(OutboxMessage.id)]
    assert errors == ["", *2 * ["Not sent: the letter was withdrawn."]]


@pytest.mark.parametrize("limit", ["0.1", "0.10", "35"])
def test_the_smallest_and_the_largest_limit_are_taken(otto: Visitor, limit: str) -> None:
    confirm_page(otto, mail_limit=limit).says("Send to one recipient")


def test_mail_that_was_posted_before_limits_goes_as_it_was_said(settings: Settings, postbox: Inbox, otto: Visitor) -> None:
    sent(confirm_page(otto, copies="y"))
    assert send_round_of_one(settings) == 1
    for line in db.session.query(OutboxMessage):
        line.parameters = {name: fact for name, fact in line.parameters.items() if name != "sent"}
    db.session.commit()
    assert send_due_mail(settings) == 2
    assert files_in(postbox.to(cast.CLARA.email)[0].message) == []
