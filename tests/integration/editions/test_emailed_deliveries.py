"""Otto emails an edition to several recipients with copies: previewed as it leaves, sent once to each, and followed up."""

import datetime as dt
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.editions.delivery_emails import resend_delivery_email
from letterhub.commands.mail.send import send_due_mail
from letterhub.config import Settings
from letterhub.domain.editions.delivery_emails import CannotSendDelivery
from letterhub.domain.letters.letter_document import SignatoryKind
from letterhub.domain.states import LetterMove, LetterState
from letterhub.infrastructure.db import db
from letterhub.models import AuditEntry, Delivery, DeliveryEmail, DeliveryRecipient, Letter, OutboxMessage, Staff
from tests.support import cast, editions, factories
from tests.support.html_forms import form_data, form_with_button
from tests.support.servers.database_copies import SITE
from tests.support.servers.mail_server import Inbox
from tests.support.visitor import Page, Visitor

LETTER_VALUES = {"coalition": "coalition-for-clean-rivers", "slug": "clean-rivers-for-everyone"}
OFFICE, SPEAKER, SENATE = "letters@whitehouse.example", "speaker@house.example", "clerk@senate.example"
RECIPIENTS: dict[str, Any] = {
    "recipients-0-name": "The White House", "recipients-0-address": OFFICE,
    "recipients-1-name": "Speaker “Ada” Example, House", "recipients-1-address": SPEAKER,
    "recipients-2-name": "Sénat 例示", "recipients-2-address": SENATE,
}  # fmt: skip
COVER: dict[str, Any] = {
    **RECIPIENTS, "cc": "sam@rivers.example; press@rivers.example", "bcc": "board@rivers.example",
    "sender_name": "Clean Rivers", "subject": "{{count}} organizations ask: {{title}}",
    "text": "Dear {{recipient}},\n\nplease **read** [this]({{link}}).", "formats": ["pdf", "docx", "xlsx"], "copies": [],
}  # fmt: skip


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A closed letter that two organizations have signed."""
    return factories.closed_letter()


@pytest.fixture
def otto(app: Flask, letter: Letter, clock: time_machine.Traveller) -> Visitor:
    member = factories.staff(cast.OTTO)
    editions.freeze_edition(letter, member.id)
    visitor = Visitor(app, SITE)
    visitor.sign_in(cast.OTTO)
    return visitor


def form(otto: Visitor) -> Page:
    return otto.visit("delivery_emails.new", number=1, **LETTER_VALUES).submit("Add recipients")


def preview(otto: Visitor, **changes: Any) -> Page:
    return form(otto).submit("Preview the email", **COVER | changes)


def listed(otto: Visitor) -> Page:
    return otto.visit("editions.index", **LETTER_VALUES)


def addresses(message: EmailMessage, header: str) -> list[str]:
    return [one.addr_spec for one in message[header].addresses] if message[header] else []


def test_the_email_is_shown_exactly_as_it_leaves(settings: Settings, postbox: Inbox, otto: Visitor) -> None:
    page = preview(otto).says("Send edition 1 to 3 recipients now?", "Blind copy to board@rivers.example")
    page.submit("Send to 3 recipients").says("6 emails are on their way.")
    assert send_due_mail(settings) == 6
    shown = " ".join(page.text.split())
    for mail in postbox.mails:
        for name in ("From", "To", "Cc", "Reply-To", "Subject"):
            assert f"{name} {mail.message[name]}" in shown
        assert " ".join(mail.text.split()) in shown
        for file in mail.message.iter_attachments():
            assert f"{file.get_filename()} {len(file.get_content())} B" in shown


@pytest.mark.shows("S5")
def test_each_person_gets_one_email_and_blind_copies_stand_in_no_header(
    settings: Settings, postbox: Inbox, otto: Visitor
) -> None:
    preview(otto).submit("Send to 3 recipients")
    assert send_due_mail(settings) == 6
    arrived = sorted(mail.recipients for mail in postbox.mails)
    copied = ["sam@rivers.example", "press@rivers.example"]
    assert arrived == sorted((one,) for one in (OFFICE, SPEAKER, SENATE, *copied, "board@rivers.example"))
    for mail in postbox.mails:
        assert b"board@rivers.example" not in mail.raw
        assert "Bcc" not in mail.message
        assert addresses(mail.message, "Cc") == copied
        assert [file.get_filename() for file in mail.message.iter_attachments()] == [
            f"clean-rivers-for-everyone-edition-1.{ending}" for ending in ("pdf", "docx", "xlsx")
        ]
        assert addresses(mail.message, "Reply-To") == [cast.OTTO.email]
        assert mail.message["Subject"] == "2 organizations ask: Clean rivers for everyone"
        assert "Auto-Submitted" not in mail.message
    (office,), (board,) = postbox.to(OFFICE), postbox.to("board@rivers.example")
    assert addresses(office.message, "To") == [OFFICE]
    assert office.text.startswith("Dear The White House,\n\nplease read this")
    assert "please <strong>read</strong>" in office.html
    assert addresses(board.message, "To") == [OFFICE, SPEAKER, SENATE]
    assert [one.display_name for one in board.message["To"].addresses] == [
        "The White House", "Speaker “Ada” Example, House", "Sénat 例示",
    ]  # fmt: skip


def test_the_letter_is_delivered_once_the_first_server_accepts(
    settings: Settings, postbox: Inbox, otto: Visitor, letter: Letter, clock: time_machine.Traveller
) -> None:
    preview(otto, copies="y").submit("Send to 3 recipients").says("Waiting The White House, letters@whitehouse.example")
    public = Visitor(otto.app, SITE)
    public.visit("letters.detail", slug=letter.slug).never_says("White House, Speaker")
    assert db.session.get_one(Letter, letter.id).state is LetterState.CLOSED
    postbox.reply_to_recipient = "451 Try later"
    assert send_due_mail(settings) == 0
    assert db.session.get_one(Letter, letter.id).state is LetterState.CLOSED
    clock.shift(dt.timedelta(minutes=5))
    postbox.empty()
    assert send_due_mail(settings) == 8  # and a copy to each signatory
    accepted_at = now()
    page = listed(otto).says("Accepted The White House, letters@whitehouse.example", "The mail server answered 250: kept")
    page.says("Delivered to Sénat 例示, Wednesday, January 5, 2022, 12:05 p.m. Eastern")
    delivered = db.session.query(Delivery).order_by(Delivery.id).all()
    assert [one.copies for one in delivered] == [2, 0, 0]
    assert {one.delivered_at for one in delivered} == {accepted_at}
    stored = db.session.get_one(Letter, letter.id)
    assert stored.delivered_to == ", ".join(one.recipient for one in delivered)
    public.visit("letters.detail", slug=letter.slug).says(*(f"Delivered to {one.recipient} on" for one in delivered))
    actions = [one.action for one in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert actions == ["frozen", "delivery emailed", *3 * ["delivery accepted"]]
    otto.visit("audit_log.letter", **LETTER_VALUES).says("Otto Organizer emailed edition 1 to its recipients.")


def test_an_email_that_failed_is_sent_again_to_another_address(settings: Settings, postbox: Inbox, otto: Visitor) -> None:
    preview(otto, cc="", bcc="").submit("Send to 3 recipients")
    postbox.reply_to_recipient = "550 5.1.1 No such user"
    assert send_due_mail(settings) == 0
    postbox.empty()
    page = listed(otto).says("Not sent The White House", "The mail server answered 550: 5.1.1 No such user")
    again = page.follow(f"Send again: {OFFICE}")
    again.submit("Send again", address="nobody", status=422).says("Check its spelling.")
    again.submit("Send again", address="desk@whitehouse.example").says("The email to desk@whitehouse.example is on its way")
    assert send_due_mail(settings) == 1
    assert [mail.recipients for mail in postbox.mails] == [("desk@whitehouse.example",)]
    again.submit("Send again", status=422).says("This email hasn’t failed, so it isn’t sent again.")
    assert db.session.query(Delivery).one().recipient == "The White House"


def test_an_email_that_was_sent_again_does_not_leave_by_its_old_line_too(
    settings: Settings, postbox: Inbox, otto: Visitor, letter: Letter
) -> None:
    preview(otto, cc="", bcc="").submit("Send to 3 recipients")
    postbox.answer = "554 No"
    send_due_mail(settings)
    postbox.empty()
    recipient = db.session.query(DeliveryRecipient).filter_by(address=OFFICE).one()
    old = recipient.outbox_id
    resend_delivery_email(recipient.id, OFFICE, letter.id, actor="staff-1", at=now())
    db.session.get_one(OutboxMessage, old).retry(now())
    db.session.commit()
    assert send_due_mail(settings) == 1
    assert db.session.get_one(OutboxMessage, old).error == "Not sent: this email was sent again since."


def test_an_email_that_came_back_takes_its_delivery_back(
    settings: Settings, postbox: Inbox, otto: Visitor, letter: Letter
) -> None:
    one = {name: "" for name in RECIPIENTS if not name.startswith("recipients-0")}
    preview(otto, cc="", bcc="", **one).submit("Send to one recipient")
    send_due_mail(settings)
    page = listed(otto).submit("Mark as bounced").says("marked as bounced", "Bounced The White House", "Taken back")
    assert db.session.get_one(Letter, letter.id).state is LetterState.CLOSED
    page.follow(f"Send again: {OFFICE}").submit("Send again")
    assert send_due_mail(settings) == 1
    assert db.session.get_one(Letter, letter.id).state is LetterState.DELIVERED


def test_an_email_that_waits_is_held_back_and_sent_later(settings: Settings, postbox: Inbox, otto: Visitor) -> None:
    preview(otto, cc="", bcc="").submit("Send to 3 recipients")
    page = listed(otto).submit(f"Hold back: {SPEAKER}").says("The email was held back.", "Not sent: staff canceled it.")
    assert send_due_mail(settings) == 2
    assert postbox.to(SPEAKER) == []
    page.follow(f"Send again: {SPEAKER}").submit("Send again")
    assert send_due_mail(settings) == 1


def test_a_test_goes_to_otto_alone_with_the_files(settings: Settings, postbox: Inbox, otto: Visitor, letter: Letter) -> None:
    page = preview(otto).submit("Send me a test").says(f"A test is on its way to {cast.OTTO.email}.")
    assert send_due_mail(settings) == 1
    (mail,) = postbox.mails
    assert mail.recipients == (cast.OTTO.email,)
    assert mail.message["Subject"] == "[Test] 2 organizations ask: Clean rivers for everyone"
    assert "Dear The White House, Speaker “Ada” Example, House, Sénat 例示," in mail.text
    assert len(list(mail.message.iter_attachments())) == 3
    assert db.session.query(DeliveryEmail).count() == 0
    assert db.session.get_one(Letter, letter.id).state is LetterState.CLOSED
    page.submit("Send to 3 recipients").says("6 emails are on their way.")


def test_the_html_runs_nothing_and_what_was_typed_comes_back(otto: Visitor) -> None:
    page = preview(otto, text="Dear <script>alert(1)</script> {{recipient}}")
    html_form, pressed = form_with_button(page.tree, "View as HTML (opens a new tab)")
    response = otto.ask(
        f"/staff/{LETTER_VALUES['coalition']}/letters/{LETTER_VALUES['slug']}/editions/1/email/html",
        method="POST",
        data=form_data(page.tree, html_form, pressed, {}),
    )
    assert response.headers["Content-Security-Policy"].startswith("sandbox allow-popups; default-src 'none'")
    assert "<script>" not in response.get_data(as_text=True)
    back = page.submit("Make changes")
    for words in (OFFICE, "Sénat 例示", "press@rivers.example", "alert(1)"):
        assert words in back.html


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (dict.fromkeys(RECIPIENTS, ""), "Enter the email address of at least one recipient."),
        ({"recipients-1-address": "nobody"}, "We can’t send email to this address. Check its spelling."),
        ({"recipients-1-name": ""}, "Enter the recipient’s name, as readers will see it."),
        ({"recipients-1-address": OFFICE.upper()}, "letters@whitehouse.example is entered twice."),
        ({"cc": "sam@rivers.example, nobody"}, "“nobody” isn’t an email address. Check its spelling."),
        ({"bcc": OFFICE}, "letters@whitehouse.example is entered twice."),
        ({"cc": ", ".join(f"a{number}@rivers.example" for number in range(21))}, "Copy at most 20 people."),
        ({"subject": ""}, "Enter a subject."),
        ({"text": ""}, "Enter a cover note."),
        ({"text": "Dear {{organization}}"}, "{{organization}} isn’t a field of this email."),
        ({"text": "> " * 200 + "deep"}, "nests quotes or lists too deeply"),
    ],
)
def test_what_cannot_be_sent_is_told_beside_its_field(otto: Visitor, changes: dict[str, Any], sentence: str) -> None:
    page = form(otto).submit("Preview the email", **COVER | changes, status=422)
    assert sentence in page.text
    assert db.session.query(OutboxMessage).count() == 0


def test_a_letter_that_was_opened_again_is_not_sent(settings: Settings, postbox: Inbox, otto: Visitor, letter: Letter) -> None:
    preview(otto).submit("Send to 3 recipients")
    db.session.get_one(Letter, letter.id).move(LetterMove.REOPEN, now())
    db.session.commit()
    assert send_due_mail(settings) == 0
    assert {line.error for line in db.session.query(OutboxMessage)} == {"Not sent: the letter is open."}


def test_nobody_sends_again_what_belongs_to_another_letter(otto: Visitor, letter: Letter) -> None:
    preview(otto).submit("Send to 3 recipients")
    recipient = db.session.query(DeliveryRecipient).filter_by(address=OFFICE).one()
    with pytest.raises(CannotSendDelivery, match="There is no such email"):
        resend_delivery_email(recipient.id, OFFICE, letter.id + 1, actor="staff-1", at=now())
    otto.visit("delivery_emails.confirm_resend", recipient_id=99, status=404, **LETTER_VALUES)


def test_links_replace_files_of_the_server_that_finds_them_too_large(settings: Settings, postbox: Inbox, otto: Visitor) -> None:
    preview(otto, formats=[]).says("None. The email has a link to the edition’s page.").submit("Send to 3 recipients")
    assert send_due_mail(settings) == 6
    (mail,) = postbox.to(OFFICE)
    assert "Read it with all its signatories on this page" in mail.text
    assert list(mail.message.iter_attachments()) == []


def test_a_letter_of_both_kinds_says_how_many_of_each(
    settings: Settings, postbox: Inbox, otto: Visitor, letter: Letter
) -> None:
    for name in ("Ada Example", "Ben Example"):
        factories.signature(
            letter,
            cast.CLARA,
            kind=SignatoryKind.INDIVIDUAL,
            organization_name="",
            signer_name=name,
            email=f"{name[:3]}@x.example",
        )
    db.session.commit()
    editions.freeze_edition(letter, db.session.query(Staff.id).filter_by(email=cast.OTTO.email).scalar())
    page = otto.visit("delivery_emails.new", number=2, **LETTER_VALUES)
    (subject,) = form_data(page.tree, *form_with_button(page.tree, "Preview the email"), {})["subject"]
    assert subject == "{{title}}: a letter from {{organizations}} organizations and {{individuals}} individuals"
    filled = COVER | {"subject": subject, "copies": "y", "cc": "", "bcc": ""}
    page.submit("Add recipients").submit("Preview the email", **filled).submit("Send to 3 recipients")
    send_due_mail(settings)
    for address in (OFFICE, cast.CLARA.email):
        (mail,) = postbox.to(address)
        assert "The letter is signed by 2 organizations and 2 individuals." in " ".join(mail.text.split())
    (mail,) = postbox.to(OFFICE)
    assert mail.message["Subject"] == "Clean rivers for everyone: a letter from 2 organizations and 2 individuals"
