"""An edition is checked for its recipients and emailed to three of them, with copies, a note and files."""

import re

import pytest
from playwright.sync_api import Page, expect

from letterhub.clock import now
from letterhub.commands.mail.send import send_due_mail
from letterhub.config import Settings
from letterhub.domain.states import LetterMove
from letterhub.infrastructure.db import db
from letterhub.models import Letter
from tests.browser.signed_in import sign_in
from tests.browser.watch import check_page
from tests.support import cast, editions, factories
from tests.support.servers.mail_server import Inbox

HOME = "/staff/coalition-for-clean-rivers"
RECIPIENTS = {
    "The White House": "letters@whitehouse.example",
    "The Speaker of the House": "speaker@house.example",
    "The Clerk of the Senate": "clerk@senate.example",
}


@pytest.fixture
def letter() -> Letter:
    """A closed letter that two organizations signed."""
    letter = factories.open_letter()
    factories.signature(letter, cast.CLARA)
    factories.signature(letter, cast.HIRO)
    letter.move(LetterMove.CLOSE, now())
    return factories.save(letter)


def fill_in(page: Page) -> None:
    """Enter three recipients, copies, words and files."""
    page.get_by_role("button", name="Add recipients").click()
    for number, (name, address) in enumerate(RECIPIENTS.items(), start=1):
        row = page.get_by_role("group", name=f"Recipient {number}", exact=True)
        row.get_by_label("Name").fill(name)
        row.get_by_label("Email address").fill(address)
    page.get_by_label("bcc").fill("board@rivers.example")
    page.get_by_label(re.compile("^cc")).fill("press@rivers.example")
    page.get_by_label("Cover note").fill("Dear {{recipient}},\n\nplease read **this**.")
    page.get_by_label("Word").check()


def test_an_edition_is_checked_and_emailed_to_three_recipients(
    page: Page, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    factories.staff(cast.OTTO)
    sign_in(page, cast.OTTO)
    page.goto(f"{HOME}/letters/{letter.slug}/editions/freeze")
    page.get_by_text("Check this letter against the rules of its recipients").click()
    for name in ("The White House", "EU Commission: Have your say"):
        page.get_by_label(name).check()
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_text("The letter isn’t on paper of size A4")).to_be_visible()
    check_page(page, "freeze-checked")
    editions.freeze_edition(letter)
    page.goto(f"{HOME}/letters/{letter.slug}/editions")
    page.get_by_role("link", name="Email edition 1").click()
    fill_in(page)
    check_page(page, "email-edition")
    page.get_by_role("button", name="Preview the email").click()
    expect(page.get_by_role("heading", name="Send edition 1 to 3 recipients now?")).to_be_visible()
    check_page(page, "email-edition-preview")
    page.get_by_role("button", name="Send me a test").click()
    expect(page.get_by_text("A test is on its way to")).to_be_visible()
    page.get_by_role("button", name="Send to 3 recipients").click()
    expect(page.get_by_text("5 emails are on their way.")).to_be_visible()
    db.session.rollback()
    assert send_due_mail(settings) == 8  # with the test, and copies to two signatories
    page.reload()
    expect(page.get_by_text("Accepted")).to_have_count(5)
    check_page(page, "edition-emailed")
    page.goto(f"/letters/{letter.slug}")
    expect(page.get_by_text("Delivered to The Speaker of the House")).to_be_visible()


def test_a_coalition_writes_rules_of_its_own(page: Page, letter: Letter) -> None:
    factories.staff(cast.OTTO)
    sign_in(page, cast.OTTO)
    page.goto(f"{HOME}/recipients")
    check_page(page, "recipient-profiles")
    page.get_by_role("link", name="Copy A company").click()
    check_page(page, "recipient-profile")
    page.get_by_role("button", name="Save the profile").click()
    expect(page.get_by_role("heading", name="Copy of A company")).to_be_visible()
