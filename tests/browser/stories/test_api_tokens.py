"""An owner makes a token for a program, copies its secret, and revokes it; a developer reads the API's reference."""

from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.signed_in import sign_in
from tests.browser.watch import check_page
from tests.support import cast, factories

HOME = "/staff/coalition-for-clean-rivers"


def test_an_owner_makes_a_token_and_revokes_it(app: Flask, site: str, page: Page) -> None:
    factories.staff(cast.OLIVE)
    sign_in(page, cast.OLIVE)
    page.goto(f"{HOME}/team")
    page.get_by_role("link", name="API tokens").click()
    check_page(page, "api-tokens-empty")
    page.get_by_role("button", name="Make a token").click()
    check_page(page, "api-tokens-refused")
    page.get_by_label("For which program").fill("Member database")
    page.get_by_label("Read letters").check()
    page.get_by_label("Invite organizations by email").check()
    page.get_by_role("button", name="Make a token").click()
    expect(page.get_by_role("status")).to_contain_text("lhub_")
    check_page(page, "api-tokens-secret")
    page.get_by_text("Revoke", exact=False).first.click()
    page.get_by_role("button", name="Revoke the token of Member database").click()
    expect(page.get_by_role("table")).to_contain_text("Revoked")
    check_page(page, "api-tokens")
    page.get_by_role("link", name="What programs can do").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("API")
    check_page(page, "api-reference")
