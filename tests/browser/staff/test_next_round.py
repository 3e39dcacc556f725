"""The next round: a delivered letter is copied and archived, a draft is deleted and restored, and readers find what was."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.signed_in import sign_in
from tests.browser.watch import check_page
from tests.support import cast, editions, factories

HOME = "/staff/coalition-for-clean-rivers"


@pytest.fixture
def otto(page: Page) -> Page:
    """An organizer's browser."""
    factories.staff(cast.OTTO)
    sign_in(page, cast.OTTO)
    return page


def test_a_delivered_letter_is_copied_and_archived_and_a_draft_comes_back(otto: Page) -> None:
    edition = editions.deliver_edition(factories.closed_letter())
    otto.goto(f"{HOME}/")
    otto.get_by_role("link", name="Copy Clean rivers").click()
    check_page(otto, "copy")
    otto.get_by_label("Title of the copy").fill("Clean rivers, the second round")
    otto.get_by_role("button", name="Create copy").click()
    expect(otto.get_by_text("This is the copy, a draft.")).to_be_visible()
    expect(otto.get_by_text("Copy of Clean rivers for everyone")).to_be_visible()
    otto.get_by_role("link", name="Settings").click()
    otto.get_by_role("link", name="Delete this draft").click()
    check_page(otto, "delete-draft")
    otto.get_by_role("button", name="Delete the draft").click()
    expect(otto.get_by_text("You can restore it for 30 days.")).to_be_visible()
    check_page(otto, "deleted-drafts")
    otto.get_by_role("button", name="Restore").click()
    expect(otto.get_by_role("heading", level=1)).to_have_text("Clean rivers, the second round")
    otto.goto(f"{HOME}/letters/clean-rivers-for-everyone/settings")
    otto.get_by_role("button", name="Archive this letter").click()
    expect(otto.get_by_text("is archived.")).to_be_visible()
    otto.get_by_role("link", name="Archived 1").click()
    expect(otto.get_by_role("link", name="Clean rivers for everyone", exact=True)).to_be_visible()
    check_page(otto, "archived-letters")
    otto.goto("/c/coalition-for-clean-rivers")
    expect(otto.get_by_text("2 signatories · delivered to the President")).to_be_visible()
    check_page(otto, "coalition")
    otto.get_by_role("link", name="Check a file").click()
    otto.get_by_label("Or enter the edition’s ID").fill(edition.public_id.lower())
    check_page(otto, "check-any-file")
    otto.get_by_role("button", name="Check the file").click()
    expect(otto.get_by_text("to the President on")).to_be_visible()
