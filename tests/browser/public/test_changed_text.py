"""Stories: the text changes in substance, with "only those who confirm stay" and with "object by noon"."""

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from letterhub.clock import now
from letterhub.config import Settings
from letterhub.infrastructure.db import db
from letterhub.models import Letter, OutboxMessage, TextChangeNotice
from tests.browser.signed_in import sign_in
from tests.browser.watch import check_page
from tests.support import cast, factories
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import newest_link
from tests.support.text_changes import (
    DAY,
    NEW_BODY,
    SUBSTANTIVE_CHANGE,
    add_signatures,
    publish_body,
    reconfirm_link,
    save_draft_body,
    settle,
)

LETTER_PAGES = "/staff/coalition-for-clean-rivers/letters/clean-rivers-for-everyone"


@pytest.mark.shows("S19")
def test_twelve_of_twenty_sign_the_new_text_and_the_edition_prints_twelve(
    app: Flask, page: Page, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    signed = add_signatures(letter, 20)
    save_draft_body(letter, NEW_BODY)
    sign_in(page, cast.OTTO)
    page.goto(f"{LETTER_PAGES}/write")
    page.get_by_role("link", name="Compare and publish").click()
    page.get_by_role("radio", name="A substantive change").check()
    page.get_by_role("radio", name="Only those who confirm stay").check()
    publishes_with_three_days_to_reply(page)
    check_page(page, "change-replies")

    for number, one in enumerate(signed[:15]):
        page.goto(newest_link(settings, postbox, one.email))
        if number == 0:
            check_page(page, "asked-again")
        confirms_or_withdraws(page, confirms=number < 12)

    page.goto(f"/letters/{letter.slug}")
    expect(page.get_by_role("heading", name="Signed version 1, asked to confirm version 2 by")).to_be_visible()
    expect(page.get_by_text("12 organizations have signed")).to_be_visible()
    expect(page.get_by_text("20 signed an earlier version; 12 have confirmed this one.")).to_be_visible()
    check_page(page, "changed-letter")
    page.get_by_role("link", name="What changed").click()
    check_page(page, "history")

    page.goto(f"{LETTER_PAGES}/editions/freeze")
    page.get_by_role("button", name="Freeze this edition with 12 names").click()
    expect(page.get_by_text("12 signatories")).to_be_visible()


@pytest.mark.shows("S19")
def test_whoever_does_not_object_by_noon_stays_and_the_edition_prints_them(
    page: Page, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    signed = add_signatures(letter, 4)
    signed[3].email = ""
    db.session.commit()
    save_draft_body(letter, NEW_BODY)
    sign_in(page, cast.OTTO)
    page.goto(f"{LETTER_PAGES}/revisions/new")
    page.get_by_role("radio", name="A substantive change").check()
    expect(page.get_by_text("3 signatories stay under the new text if the email arrives")).to_be_visible()
    page.get_by_role("radio", name="Keep signatories unless they object").check()
    publishes_with_three_days_to_reply(page)
    expect(page.get_by_text("The notice hasn’t reached 4 signatories.")).to_be_visible()

    page.goto(newest_link(settings, postbox, signed[0].email))
    expect(page.get_by_text("If you object, take it off by")).to_be_visible()
    check_page(page, "object-or-confirm")
    page.get_by_text("We object: take the name off").click()
    page.get_by_role("checkbox", name="Withdraw the signature").check()
    page.get_by_role("button", name="Withdraw the signature").click()
    page.goto(f"/letters/{letter.slug}")
    expect(page.get_by_text("Those who don’t object stay on the letter, if our email reached them in time.")).to_be_visible()
    check_page(page, "letter-with-awaited-names")

    let_four_days_pass()
    settle()
    page.goto(f"{LETTER_PAGES}/change-replies")
    expect(page.get_by_text("The deadline has passed, and the list follows this rule.")).to_be_visible()
    check_page(page, "replies-settled")
    page.goto(f"{LETTER_PAGES}/editions/freeze")
    page.get_by_role("button", name="Freeze this edition with 2 names").click()
    expect(page.get_by_text("2 signatories")).to_be_visible()


def publishes_with_three_days_to_reply(page: Page) -> None:
    page.get_by_label("Last day to reply").fill(f"{now() + 3 * DAY:%Y-%m-%d}")
    page.get_by_label("Reason").fill("The agency set a date.")
    check_page(page, "compare-change")
    page.get_by_role("button", name="Publish the change").click()
    expect(page.get_by_text("12:00 p.m. Eastern.").first).to_be_visible()


def let_four_days_pass() -> None:
    """Move the notice, its deadline and its emails four days back."""
    db.session.expire_all()
    notice = db.session.query(TextChangeNotice).one()
    notice.asked_at, notice.deadline_at = notice.asked_at - 4 * DAY, notice.deadline_at - 4 * DAY
    for message in db.session.query(OutboxMessage).filter_by(kind="reconfirm"):
        message.created_at -= 4 * DAY
        message.sent_at = message.sent_at and message.sent_at - 4 * DAY
    db.session.commit()


def confirms_or_withdraws(page: Page, *, confirms: bool) -> None:
    if confirms:
        page.get_by_role("checkbox", name="I am authorized to sign the current text of this letter").check()
        page.get_by_role("button", name="Sign the new text").click()
        expect(page.get_by_role("heading", name="Your signature is confirmed")).to_be_visible()
        return
    page.get_by_text("We object: take the name off").click()
    page.get_by_role("checkbox", name="Withdraw the signature").check()
    page.get_by_role("button", name="Withdraw the signature").click()
    expect(page.get_by_role("heading", name="This signature was withdrawn")).to_be_visible()


def test_changes_are_woven_into_one_on_a_phone(page: Page, letter: Letter) -> None:
    (signed,) = add_signatures(letter, 1)
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(reconfirm_link(signed))
    expect(page.locator(".change-inline")).to_be_visible()
    expect(page.locator(".change-sides")).to_be_hidden()


@pytest.fixture
def letter(site: str) -> Letter:
    """The open letter, and Otto who writes it."""
    factories.staff(cast.OTTO)
    return factories.open_letter()
