"""Replies of recipients: under the letter at once, corrected and retracted with a record, emailed to signatories once."""

import datetime as dt
from dataclasses import replace

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.mail.send import send_due_mail
from letterhub.commands.press.replies import email_reply, record_reply
from letterhub.config import Settings
from letterhub.domain.errors import UserFacingError
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.press.replies import ReplyFacts
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.intake.errors import FileRefused
from letterhub.intake.pdf.reply_file import read_reply_file
from letterhub.models import Letter, OutboxMessage, Reply
from tests.support import cast, factories
from tests.support.at_once import run_twice_at_once
from tests.support.database_statements import record_statements
from tests.support.files.tampered_pdfs import pdf_of, text_instructions
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import audit_actions
from tests.support.visitor import Page, Visitor

HOME = "coalition-for-clean-rivers"
TEXT = "Thank you for your letter.\n\nWe will <b>act</b> by spring."
FORM = {"sender": "The White House", "received_on": "2022-01-05", "text": TEXT}


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter with two names."""
    letter = factories.open_letter(deadline_at=None)
    factories.signature(letter, cast.CLARA)
    factories.signature(letter, cast.HIRO)
    return letter


def form_page(otto: Visitor, letter: Letter) -> Page:
    return otto.visit("replies.create", coalition=HOME, slug=letter.slug)


def record(letter: Letter, text: str = TEXT, sender: str = "The White House") -> int:
    facts = ReplyFacts(sender, dt.date(2022, 1, 5), text)
    record_reply(letter.id, facts, staff_id=None, actor="staff-1", at=now())  # type: ignore[arg-type]
    end_read_transaction()
    return db.session.query(Reply).order_by(Reply.id.desc()).first().id


def test_a_reply_stands_under_the_letter_and_is_emailed_once(
    otto: Visitor, visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    page = otto.visit("release.index", coalition=HOME, slug=letter.slug).follow("Replies from recipients")
    page = page.says("No reply has been recorded yet.").follow("Record a reply").submit("Publish the reply", **FORM)
    page.says("The reply stands under the letter now.", "Not emailed to signatories")
    public = visitor.open(f"/letters/{letter.slug}")
    public.says("Reply from The White House", "January 5, 2022", "We will <b>act</b> by spring.")
    assert "<b>act" not in public.html
    page = page.follow("Email it to the signatories: The White House")
    page.says("Email the reply from The White House to 2 signatories").submit("Email 2 signatories").says(
        "2 signatories are being"
    )
    factories.signature(letter, cast.FREE_MAIL_SIGNER)
    send_due_mail(settings)
    assert {mail.recipients[0] for mail in postbox.mails} == {cast.CLARA.email, cast.HIRO.email}
    mail = postbox.to(cast.CLARA.email)[0]
    assert mail.message["Subject"] == "The White House replied: Clean rivers for everyone"
    assert "Thank you for your letter." in mail.text
    assert f"/letters/{letter.slug}#reply-" in mail.text
    assert "List-Unsubscribe" in mail.message
    assert "&lt;b&gt;act" in mail.html
    with pytest.raises(UserFacingError, match="sent once"):
        email_reply(letter.id, db.session.query(Reply).one().id, actor="staff-1", at=now())
    assert audit_actions()[-2:] == ["reply recorded", "reply emailed"]


def test_of_two_who_email_it_at_the_same_moment_one_does(app: Flask, letter: Letter) -> None:
    reply_id, letter_id = record(letter), letter.id
    end_read_transaction()

    def act() -> str:
        try:
            return str(email_reply(letter_id, reply_id, actor="staff-1", at=now()))
        except UserFacingError as refusal:
            return str(refusal)

    assert sorted(run_twice_at_once(app, act)) == [
        "2", "This reply was already emailed to the signatories. It is sent once.",
    ]  # fmt: skip
    assert db.session.query(OutboxMessage).filter_by(kind=MailKind.REPLY).count() == 2


def test_a_second_reply_is_one_of_its_own(letter: Letter, visitor: Visitor) -> None:
    email_reply(letter.id, record(letter), actor="staff-1", at=now())
    email_reply(letter.id, record(letter, "We acted.", "The Secretary"), actor="staff-1", at=now())
    assert db.session.query(OutboxMessage).filter_by(kind=MailKind.REPLY).count() == 4
    visitor.open(f"/letters/{letter.slug}").says("Reply from The White House", "Reply from The Secretary")


def test_a_form_that_is_sent_twice_records_one(otto: Visitor, letter: Letter) -> None:
    form = form_page(otto, letter)
    for _ in range(2):
        form.submit("Publish the reply", **FORM)
    assert db.session.query(Reply).count() == 1


def test_a_pdf_is_served_to_be_saved_and_never_shown(otto: Visitor, visitor: Visitor, letter: Letter) -> None:
    pdf = pdf_of(text_instructions("Dear friends"))
    form_page(otto, letter).submit("Publish the reply", **FORM | {"text": ""}, file=(pdf, "../Answer “1”.pdf"))
    page = visitor.open(f"/letters/{letter.slug}").says("Download the reply as a PDF")
    link = next(anchor.get("href") for anchor in page.tree.iter("a") if "/replies/" in anchor.get("href", ""))
    response = visitor.ask(link)
    assert (response.data, response.mimetype) == (pdf, "application/pdf")
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "/" not in db.session.query(Reply).one().file_name


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("answer.pdf", b"<html>%PDF-1.7", "this is no PDF."),
        ("answer.docx", b"PK\x03\x04", "this is no PDF."),
        ("answer.pdf", b"%PDF-1.7\n" + b"[" * 1000, "This PDF is damaged"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_no_readable_pdf_is_refused_beside_its_field(
    otto: Visitor, letter: Letter, name: str, content: bytes, sentence: str
) -> None:
    page = form_page(otto, letter).submit("Publish the reply", status=422, **FORM, file=(content, name))
    page.says(sentence, "We will <b>act</b> by spring.")
    assert db.session.query(Reply).count() == 0


def test_a_large_pdf_is_refused_unread() -> None:
    with pytest.raises(FileRefused, match=r"answer\.pdf: this file is larger than 3 MB"):
        read_reply_file(b"%PDF-1.7" + b" " * (3 * 2**20), "answer.pdf")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"sender": ""}, "Enter who replied."),
        ({"received_on": ""}, "Enter the day the reply came."),
        ({"received_on": "2022-01-20"}, "This day is still to come."),
        ({"text": ""}, "Paste the reply’s text, or choose its PDF."),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_bad_field_says_so(otto: Visitor, letter: Letter, changes: dict[str, str], sentence: str) -> None:
    form_page(otto, letter).submit("Publish the reply", status=422, **FORM | changes).says(sentence)


def test_a_slip_in_a_correction_does_not_hide_that_another_came_first(otto: Visitor, letter: Letter) -> None:
    record(letter)
    page = otto.visit("replies.index", coalition=HOME, slug=letter.slug).follow("Correct: The White House")
    other = otto.visit("replies.index", coalition=HOME, slug=letter.slug).follow("Correct: The White House")
    page.submit("Save the correction", text="We act now.")
    again = other.submit("Save the correction", status=422, text="Mine", sender="").says("Enter who replied.")
    again = again.submit("Save the correction", status=422, sender="The White House").says("Someone else changed this reply.")
    again.submit("Save the correction").says("The reply was corrected.")


def test_a_correction_shows_at_once_and_is_recorded_and_mails_nobody(otto: Visitor, visitor: Visitor, letter: Letter) -> None:
    record(letter)
    page = otto.visit("replies.index", coalition=HOME, slug=letter.slug).follow("Correct: The White House")
    other = otto.visit("replies.index", coalition=HOME, slug=letter.slug).follow("Correct: The White House")
    page.submit("Save the correction", text="We act now.").says("The reply was corrected.")
    visitor.open(f"/letters/{letter.slug}").says("We act now.").never_says("by spring")
    other.submit("Save the correction", status=422, text="Mine").says("Someone else changed this reply.", "Mine")
    assert (audit_actions()[-1], db.session.query(OutboxMessage).count()) == ("reply corrected", 0)


def test_a_retracted_reply_is_gone_and_its_waiting_emails_are_canceled(
    otto: Visitor, visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    reply_id = record(letter)
    email_reply(letter.id, reply_id, actor="staff-1", at=now())
    page = otto.visit("replies.index", coalition=HOME, slug=letter.slug).follow("Retract: The White House")
    page.submit("Retract the reply", status=422).says("Enter the reason.")
    page.submit("Retract the reply", reason="Forged").says("The reply was taken off the letter.", "Forged")
    send_due_mail(settings)
    assert postbox.mails == []
    visitor.open(f"/letters/{letter.slug}").never_says("The White House replied", "by spring")
    otto.visit("replies.edit", coalition=HOME, slug=letter.slug, reply_id=reply_id, status=404)


def test_a_retracted_pdf_is_served_to_nobody(otto: Visitor, visitor: Visitor, letter: Letter) -> None:
    pdf = pdf_of(text_instructions("Dear friends"))
    form_page(otto, letter).submit("Publish the reply", **FORM, file=(pdf, "answer.pdf"))
    reply_id = db.session.query(Reply).one().id
    retract = otto.visit("replies.retract", coalition=HOME, slug=letter.slug, reply_id=reply_id)
    retract.submit("Retract the reply", reason="Forged")
    assert visitor.ask(f"/letters/{letter.slug}/replies/{reply_id}").status_code == 404
    assert visitor.ask(f"/letters/another/replies/{reply_id}").status_code == 404


def test_letters_without_a_reply_ask_no_more(visitor: Visitor, letter: Letter) -> None:
    def statements() -> int:
        visitor.ask(f"/letters/{letter.slug}")
        with record_statements() as made:
            assert visitor.ask(f"/letters/{letter.slug}").status_code == 200
        return len(made)

    before = statements()
    record(letter)
    assert statements() == before + 1


def test_a_reviewer_reads_replies_and_records_none(sam: Visitor, letter: Letter) -> None:
    record(letter)
    sam.visit("replies.index", coalition=HOME, slug=letter.slug).says("The White House").never_says("Record a reply", "Retract")


def test_a_day_is_that_of_the_letters_zone(otto: Visitor, letter: Letter, clock: time_machine.Traveller) -> None:
    clock.move_to(dt.datetime(2022, 1, 6, 3, 0, tzinfo=dt.UTC))  # still January 5 in New York
    form_page(otto, letter).submit("Publish the reply", status=422, **FORM | {"received_on": "2022-01-06"})
    form_page(otto, letter).submit("Publish the reply", **FORM).says("The reply stands under the letter now.")


def test_an_arabic_reply_is_shown_as_it_is(visitor: Visitor, letter: Letter) -> None:
    record(letter, "شكراً لكم.\n\nسنعمل.", "وزارة المياه")
    visitor.open(f"/letters/{letter.slug}").says("شكراً لكم.")


def test_the_same_mailbox_gets_one_email(letter: Letter) -> None:
    factories.signature(letter, replace(cast.CLARA, organization="Second Alliance"))
    assert email_reply(letter.id, record(letter), actor="staff-1", at=now()) == 2
