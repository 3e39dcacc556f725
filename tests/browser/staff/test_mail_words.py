"""An organizer writes an invitation in own words, sees it as it leaves, and tests it; a reader unsubscribes."""

import datetime as dt
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import joinedload

from letterhub.clock import now
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import Purpose, current_link_signer, hash_recipient
from letterhub.models import Coalition, Letter, MailWording, Membership
from letterhub.queries.mail.notices import end_notices_url
from tests.browser.signed_in import sign_in
from tests.browser.watch import check_page, save_picture
from tests.support import cast, factories

EMAILS = "/staff/coalition-for-clean-rivers/letters/clean-rivers-for-everyone/emails"


@pytest.fixture
def letter(site: str) -> Letter:
    factories.staff(cast.OTTO)
    return factories.open_letter()


def test_own_words_are_previewed_tested_saved_and_reset(page: Page, letter: Letter) -> None:
    sign_in(page, cast.OTTO)
    page.goto(EMAILS)
    check_page(page, "mail-words-index")
    page.get_by_role("link", name="Invitation", exact=True).click()
    page.get_by_label("Text").fill("Dear {{firstname}},")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#text-error")).to_contain_text("{{firstname}} isn’t a field")
    check_page(page, "mail-words-error")
    page.get_by_label("Text").fill("عزيزي {{name|صديق}}،\n\n**Please** sign.\n\n- {{link}}")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("region", name="As it leaves")).to_contain_text("Please sign.")
    check_page(page, "mail-words")
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="View as HTML").click()
    expect(opened.value.get_by_text("Please sign.")).to_be_visible()
    save_picture(opened.value, "mail-words-html")
    opened.value.close()
    page.get_by_role("button", name="Send me a test").click()
    expect(page.get_by_role("status")).to_contain_text("A test is on its way")
    page.get_by_role("button", name="Save words").click()
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    page.get_by_text("Use the default words again").click()
    page.get_by_role("button", name="Delete my words").click()
    expect(page.get_by_role("status")).to_contain_text("The default words are back.")
    assert db.session.query(MailWording).count() == 0


def test_unsubscribing_is_a_page_with_a_box_and_a_button(page: Page, letter: Letter) -> None:
    coalition = db.session.get_one(Coalition, letter.coalition_id)
    recipient = int(hash_recipient(coalition.id, EmailAddress("ada@willow.example")), 16)
    token = current_link_signer().token(Purpose.UNSUBSCRIBE, coalition.id, recipient, since=coalition.created_at)
    page.goto(f"/unsubscribe/{token}")
    check_page(page, "unsubscribe")
    page.get_by_label("I don’t want these emails.").check()
    page.get_by_role("button", name="Unsubscribe").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You’re unsubscribed")
    check_page(page, "unsubscribed")


def test_notices_are_chosen_per_coalition_by_hand_and_ended_by_a_mailed_link(page: Page, letter: Letter) -> None:
    sign_in(page, cast.OTTO)
    page.goto("/account/notices")
    check_page(page, "notices-index")
    page.get_by_role("link", name="Coalition for Clean Rivers").click()
    page.get_by_role("group", name="New signatures").get_by_label("At once").check()
    check_page(page, "notices")
    page.get_by_role("button", name="Save notices").click()
    expect(page.get_by_role("status")).to_have_text("Saved.")
    member = db.session.query(Membership).options(joinedload(Membership.staff)).one()
    page.goto(urlsplit(end_notices_url(member, member.staff)).path)
    check_page(page, "end-notices")
    page.get_by_label("I don’t want any of these emails.").check()
    page.get_by_role("button", name="Stop all notices").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You get no more notices")


def test_a_reminder_is_planned_and_removed_by_hand(page: Page, letter: Letter) -> None:
    sign_in(page, cast.OTTO)
    letter.deadline_at = now() + dt.timedelta(days=10)
    factories.save(letter)
    page.goto(EMAILS.replace("/emails", "/invitations/reminders"))
    page.get_by_role("button", name="Plan reminder").click()
    expect(page.get_by_role("status")).to_have_text("The reminder is planned.")
    check_page(page, "reminders")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("No reminder is planned.")).to_be_visible()
