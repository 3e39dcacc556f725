"""The front page, opened without a particular letter in mind."""

from playwright.sync_api import Page, expect

from tests.browser.watch import check_page


def test_the_front_page_greets_on_a_phone_and_on_a_desk(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    check_page(page, "front")
