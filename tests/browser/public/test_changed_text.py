"""Story: the text changes in substance after 20 signatures; 12 reconfirm, 3 withdraw, 5 do not respond."""

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from letterhub.config import Settings
from letterhub.models import Letter
from tests.browser.signed_in import sign_in
from tests.browser.watch import check_page
from tests.support import cast, factories
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import newest_link
from tests.support.text_changes import (
    NEW_BODY,
    SUBSTANTIVE_CHANGE,
    add_signatures,
    publish_body,
    reconfirm_link,
    save_draft_body,
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
    page.get_by_role("radio", name="A change of substance").check()
    page.get_by_label("Reason").fill("The agency set a date.")
    check_page(page, "compare-change")
    page.get_by_role("button", name="Publish the change").click()
    expect(page.get_by_text("20 signatures need to be confirmed again.")).to_be_visible()
    check_page(page, "revisions")

    for number, one in enumerate(signed[:15]):
        page.goto(newest_link(settings, postbox, one.email))
        if number == 0:
            check_page(page, "asked-again")
        confirms_or_withdraws(page, confirms=number < 12)

    page.goto(f"/letters/{letter.slug}")
    expect(page.get_by_text("12 organizations have signed")).to_be_visible()
    expect(page.get_by_text("20 signed an earlier version; 12 have confirmed this one.")).to_be_visible()
    check_page(page, "changed-letter")
    page.get_by_role("link", name="What changed").click()
    check_page(page, "history")

    page.goto(f"{LETTER_PAGES}/editions/freeze")
    page.get_by_role("button", name="Freeze this edition with 12 names").click()
    expect(page.get_by_text("12 signatories")).to_be_visible()


def confirms_or_withdraws(page: Page, *, confirms: bool) -> None:
    if confirms:
        page.get_by_role("checkbox", name="I am authorized to sign the current text of this letter").check()
        page.get_by_role("button", name="Sign the new text").click()
        expect(page.get_by_role("heading", name="Your signature is confirmed")).to_be_visible()
        return
    page.get_by_text("We want to withdraw").click()
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
