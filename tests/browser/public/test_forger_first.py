"""A forger signs first; the real organization signs from its own mailbox and is printed; staff see why."""

from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from letterhub.config import Settings
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import end_read_transaction
from letterhub.models import Letter
from tests.browser.signed_in import sign_in
from tests.browser.watch import check_page
from tests.support import cast, factories
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import newest_link, send_notices, signatures

FORGER = replace(cast.CLARA, name="Johnny Bananas", title="President", email="johnny.bananas@gmail.com")
DESK = "/staff/coalition-for-clean-rivers/"


@pytest.fixture
def letter(site: str) -> Letter:
    """An open letter of a coalition with one reviewer."""
    factories.staff(cast.SAM)
    return factories.open_letter()


def ask_to_sign(page: Page, letter: Letter, who: cast.Signer) -> None:
    page.goto(f"/letters/{letter.slug}/sign")
    page.get_by_label("Organization", exact=True).fill(who.organization)
    page.get_by_label("Website").fill("alliance.example")
    page.get_by_label("Your name").fill(who.name)
    page.get_by_label("Your title").fill(who.title)
    page.get_by_label("Email").fill(who.email)
    page.get_by_label("National", exact=True).check()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Send me the link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your email")


def sign(page: Page) -> None:
    page.get_by_role("checkbox", name="I am authorized to sign for Example Alliance.").check()
    page.get_by_role("button", name="Sign for our organization").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Your signature is confirmed")


@pytest.mark.shows("S23")
def test_s23_the_letter_prints_the_organization_and_not_the_forger_who_was_first(
    page: Page, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    ask_to_sign(page, letter, FORGER)
    page.goto(newest_link(settings, postbox, FORGER.email))
    sign(page)

    ask_to_sign(page, letter, cast.CLARA)
    page.goto(newest_link(settings, postbox))
    assert "don’t need to do anything" not in postbox.to(cast.CLARA.email)[-1].text
    expect(page.get_by_text("haven’t reviewed that signature yet")).to_be_visible()
    expect(page.locator(".beside")).to_contain_text("Johnny Bananas")
    check_page(page, "someone-else-signed-for-us")
    page.get_by_text("Report the other signature: it isn’t ours").click()
    page.get_by_role("checkbox", name="did not sign this").check()
    page.get_by_role("button", name="Report the other signature").click()
    expect(page.get_by_text("We’ve notified the staff")).to_be_visible()
    sign(page)

    send_notices(settings)
    notice = postbox.to(cast.SAM.email)[-1]
    assert "is not theirs" in " ".join(notice.text.split())
    sign_in(page, cast.SAM)
    page.goto(DESK)
    expect(page.get_by_role("heading", name="Changes made by others")).to_be_visible()
    check_page(page, "desk-changed-by-others")
    page.goto(f"{DESK}letters/{letter.slug}/review")
    forged = page.get_by_role("listitem").filter(has_text="Johnny Bananas").first
    expect(forged.get_by_text("disowned by its own domain")).to_be_visible()
    forged.get_by_role("link", name="Compare").first.click()
    expect(page.get_by_text("Unproven:")).to_be_visible()
    expect(page.get_by_text("Claimed:")).to_be_visible()
    check_page(page, "two-signatures-of-one-name")
    page.get_by_role("radio", name="Clara Example").check()
    page.get_by_label("Reason").fill("A free mailbox; the organization says it is not theirs.")
    page.get_by_role("button", name="Publish this one and decline the other").click()

    page.goto(f"/letters/{letter.slug}")
    expect(page.get_by_text("Clara Example").first).to_be_visible()
    expect(page.get_by_text("Johnny Bananas")).to_have_count(0)
    end_read_transaction()
    assert {one.signer_name: one.state for one in signatures()} == {
        "Clara Example": SignatureState.PUBLISHED, "Johnny Bananas": SignatureState.DECLINED,
    }  # fmt: skip
