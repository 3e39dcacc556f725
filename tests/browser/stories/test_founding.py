"""A coalition is founded without a shell: the operator invites a mailbox, whose owner names the address on a phone and drafts
the first letter."""

from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import Letter, Staff
from tests.browser.signed_in import sign_in
from tests.browser.watch import check_page
from tests.support import cast, factories
from tests.support.servers.mail_server import Inbox

NEW = cast.Member("Nadia New", "nadia@meadows.example", cast.OLIVE.role)
NAME = "Friends of Wet Meadows"
PHONE = {"width": 390, "height": 844}


def test_from_the_operators_invitation_to_the_first_draft(
    page: Page, site: str, run_worker: Callable[[], None], postbox: Inbox
) -> None:
    factories.staff(cast.OLIVE)
    db.session.query(Staff).one().is_operator = True
    db.session.commit()
    invite(page)
    run_worker()
    [email] = postbox.to(NEW.email)
    link = urlsplit(next(word for word in email.text.split() if "/founding/" in word)).path
    page.context.clear_cookies()
    page.set_viewport_size(PHONE)
    found(page, link)
    page.get_by_role("link", name="Write a letter").first.click()
    page.get_by_label("Title").fill("Keep the meadows wet")
    page.get_by_role("button", name="Create draft").click()
    expect(page.get_by_role("heading", name="Keep the meadows wet").first).to_be_visible()
    end_read_transaction()
    [letter] = db.session.query(Letter).all()
    page.context.clear_cookies()
    page.set_viewport_size({"width": 1280, "height": 900})
    look_at_the_site(page, letter.slug)


def invite(page: Page) -> None:
    """Invite the owner of a new coalition, as its operator does who starts at the account's page."""
    sign_in(page, cast.OLIVE)
    page.goto("/account")
    page.get_by_role("link", name="Open the site’s pages").click()
    check_page(page, "site-status")
    page.get_by_role("link", name="Coalitions").click()
    page.get_by_role("link", name="Invite a coalition").click()
    page.get_by_label("Name of the coalition").fill(NAME)
    page.get_by_label("Email address of its owner").fill(NEW.email)
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_text(f"An invitation to {NEW.email} is on its way.")).to_be_visible()
    check_page(page, "site-invitations")


def found(page: Page, link: str) -> None:
    """Found the coalition by the mailed link, and sign in."""
    page.goto(link)
    expect(page.get_by_role("heading", name=f"Set up {NAME}")).to_be_visible()
    check_page(page, "founding")
    page.get_by_label("Web address").fill("wet-meadows")
    page.get_by_label("Your name").fill(NEW.name)
    page.get_by_label("Password", exact=True).fill(NEW.password)
    page.get_by_label("Repeat the password").fill(NEW.password)
    page.get_by_role("button", name="Set up the coalition").click()
    expect(page.get_by_text("Sign in to write its first letter.")).to_be_visible()
    page.get_by_label("Email").fill(NEW.email)
    page.get_by_label("Password", exact=True).fill(NEW.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name=NAME)).to_be_visible()


def look_at_the_site(page: Page, slug: str) -> None:
    """See the new coalition among the others: one letter, and nothing of it."""
    sign_in(page, cast.OLIVE)
    page.goto("/site/coalitions")
    check_page(page, "site-coalitions")
    page.get_by_role("link", name=NAME).click()
    check_page(page, "site-coalition")
    expect(page.get_by_text(NEW.email)).to_be_visible()
    assert slug not in page.content()
    assert "Keep the meadows wet" not in page.content()
    page.get_by_role("link", name="Staff", exact=True).click()
    check_page(page, "site-staff")
    page.get_by_role("link", name="Activity").click()
    expect(page.get_by_text(f"set up the coalition “{NAME}” by invitation")).to_be_visible()
    check_page(page, "site-activity")
