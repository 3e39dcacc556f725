"""A letter's release by hand: press page before and after its hour, a quote, a reply, and a message to the signatories."""

import datetime as dt
from dataclasses import replace

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from letterhub.clock import now
from letterhub.commands.mail.send import send_due_mail
from letterhub.commands.press.press_pages import release_press_page, save_press_page
from letterhub.config import Settings
from letterhub.domain.letters.letter_document import Addressee
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.press.press_page import PressContact, PressWords
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import Letter, OutboxMessage, PressPage
from tests.browser.signed_in import sign_in
from tests.browser.watch import check_page
from tests.support import cast, factories
from tests.support.files.tampered_pdfs import pdf_of, text_instructions
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import newest_link

STAFF = "/staff/coalition-for-clean-rivers/letters/clean-rivers-for-everyone"
PUBLIC = "/letters/clean-rivers-for-everyone"
PDF = {"name": "reply.pdf", "mimeType": "application/pdf", "buffer": pdf_of(text_instructions("Dear friends"))}


@pytest.fixture
def letter(site: str) -> Letter:
    """An open letter with two names."""
    factories.staff(cast.OTTO)
    letter = factories.open_letter(deadline_at=None)
    factories.signature(letter, cast.CLARA)
    factories.signature(letter, cast.HIRO)
    return letter


def in_dark(page: Page, name: str) -> None:
    """Save a picture in the dark scheme, which axe finds nothing in either."""
    page.emulate_media(color_scheme="dark")
    check_page(page, f"{name}-dark")
    page.emulate_media(color_scheme="light")


def test_a_press_page_is_read_by_its_link_and_then_by_everyone(
    page: Page, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    sign_in(page, cast.OTTO)
    page.goto(f"{STAFF}/release")
    check_page(page, "release-empty")
    page.get_by_role("link", name="Press page").click()
    page.get_by_label("Statement").fill("We **ask** for clean water.\n\n- now\n- for everyone")
    page.get_by_label("First fact").fill("Two organizations signed within a day.")
    page.get_by_role("group", name="Press contact 1").get_by_label("Name").fill("Nia Example")
    page.get_by_role("group", name="Press contact 1").get_by_label("Email").fill("press@rivers.example")
    page.get_by_role("button", name="Save the press page").click()
    expect(page.get_by_role("status")).to_contain_text("The press page was saved.")
    check_page(page, "press-editor")
    page.get_by_role("link", name="Quotes").click()
    page.get_by_role("searchbox").fill("alliance")
    page.get_by_role("button", name="Search").click()
    check_page(page, "press-quotes")
    page.get_by_role("link", name="Example Alliance").click()
    page.get_by_label("Quote").fill("Clean water is not a luxury.")
    check_page(page, "press-ask-for-quote")
    page.get_by_role("button", name="Ask by email").click()
    expect(page.get_by_role("status")).to_contain_text("We are asking Example Alliance")
    page.goto(newest_link(settings, postbox))
    check_page(page, "quote")
    page.get_by_label("I have read the quote").check()
    page.get_by_role("button", name="Approve this quote").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You approved this quote")
    _set_hour_and_read(page)
    db.session.get_one(PressPage, letter.id).release_at = now() - dt.timedelta(seconds=1)  # the hour comes
    db.session.commit()
    page.goto(PUBLIC)
    page.get_by_role("link", name="For the press").click()
    expect(page.get_by_text("Clean water is not a luxury.")).to_be_visible()
    check_page(page, "press-page")
    in_dark(page, "press-page")


def _set_hour_and_read(page: Page) -> None:
    """Set an hour to come, make a secret link, and read the page by it."""
    page.goto(f"{STAFF}/press")
    page.get_by_label("Day").fill((now() + dt.timedelta(days=2)).date().isoformat())
    page.get_by_label("Time").fill("09:00")
    page.get_by_role("button", name="Set the hour").click()
    expect(page.get_by_role("status")).to_contain_text("The hour was set.")
    page.get_by_role("link", name="Secret links").click()
    page.get_by_label("For whom").fill("The Daily Example")
    page.get_by_role("button", name="Make a link").click()
    check_page(page, "press-links")
    address = page.get_by_role("status").get_by_role("link").get_attribute("href") or ""
    page.goto(address)
    expect(page.get_by_role("note")).to_contain_text("Under embargo until")
    check_page(page, "press-embargo")
    response = page.goto(f"{PUBLIC}/press")
    assert response is not None
    assert response.status == 404


def test_a_reply_and_a_message_reach_each_signatory_once(
    page: Page, letter: Letter, app: Flask, settings: Settings, postbox: Inbox
) -> None:
    sign_in(page, cast.OTTO)
    page.goto(f"{STAFF}/replies")
    page.get_by_role("link", name="Record a reply").click()
    page.get_by_label("From").fill("The White House")
    page.get_by_label("Received on").fill((now() - dt.timedelta(days=1)).date().isoformat())
    page.get_by_label("Text of the reply").fill("Thank you for your letter.\n\nWe will act by spring.")
    page.get_by_label("PDF of the reply").set_input_files(PDF)
    check_page(page, "reply-form")
    page.get_by_role("button", name="Publish the reply").click()
    page.get_by_role("link", name="Email it to the signatories").click()
    check_page(page, "reply-email")
    page.get_by_role("button", name="Email 2 signatories").click()
    expect(page.get_by_role("status")).to_contain_text("2 signatories are being emailed.")
    check_page(page, "replies")
    page.goto(f"{STAFF}/messages")
    page.get_by_role("link", name="Write a message").click()
    page.get_by_label("Text").fill("Dear {{name|colleague}},\n\n**They answered.** {{link}}")
    page.get_by_role("button", name="Save draft").click()
    page.get_by_role("link", name="Review and send").click()
    check_page(page, "message-send")
    page.get_by_role("button", name="Send to 2 signatories").click()
    expect(page.get_by_role("status")).to_contain_text("on its way to 2 signatories")
    check_page(page, "messages")
    in_dark(page, "messages")
    page.goto(f"{STAFF}/release")
    check_page(page, "release")
    end_read_transaction()
    send_due_mail(settings)
    assert len(postbox.to(cast.CLARA.email)) == 2
    assert db.session.query(OutboxMessage).filter_by(kind=MailKind.MESSAGE).count() == 2
    page.goto(PUBLIC)
    expect(page.get_by_text("We will act by spring.")).to_be_visible()
    check_page(page, "letter-with-reply")
    in_dark(page, "letter-with-reply")


def test_an_arabic_press_page_runs_from_right_to_left(page: Page, letter: Letter) -> None:
    arabic = replace(
        factories.TEXT,
        title="أنهار نظيفة للجميع",
        body="نطلب منكم حماية الأنهار.",
        language="ar",
        addressees=(Addressee("الوزير"),),
    )
    written = factories.open_letter(arabic, deadline_at=None)
    factories.signature(written, cast.CLARA)
    words = PressWords(
        "أنهار نظيفة", "نطلب **ماءً** نظيفاً.", ("حقيقة أولى.",), (PressContact("ندى", "nada@o.example"),), "وصلت الرسالة."
    )
    end_read_transaction()
    save_press_page(written.id, words, 0, staff_id=None, actor="staff-1", at=now())
    release_press_page(written.id, now(), actor="staff-1", at=now())
    page.goto(f"/letters/{written.slug}/press")
    check_page(page, "press-page-arabic")
