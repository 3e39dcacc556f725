"""Sign-in of staff in a browser."""

from playwright.sync_api import Page, expect

from tests.support.cast import Member


def sign_in(page: Page, member: Member) -> None:
    """Sign in as a member of the cast who has an account."""
    page.goto("/sign-in")
    page.get_by_label("Email").fill(member.email)
    page.get_by_label("Password", exact=True).fill(member.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
