"""A forger signs for Riverbank Friends, a scanner opens the email, the organization denies the signature; a flood comes."""

import re

import pytest
from playwright.sync_api import Page, expect

from letterhub.clock import now
from letterhub.commands.mail.send import send_due_mail
from letterhub.commands.signatures.sign import sign_letter
from letterhub.config import Settings
from letterhub.domain.abuse.submission_limits import Sender
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.letters.signing_settings import PublishRule
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.signatures.signing import SigningRequest
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter
from tests.browser.public.test_signing import CLICK_EVERYTHING
from tests.browser.signed_in import sign_in
from tests.browser.watch import check_page
from tests.support import cast, factories
from tests.support.servers.mail_server import Inbox, ReceivedEmail
from tests.support.signing_steps import audit_actions, email_count, manage_link, newest_link, only_signature

FORGED = cast.FREE_MAIL_SIGNER
DESK = "/staff/coalition-for-clean-rivers/"


@pytest.fixture
def letter(site: str) -> Letter:
    """An open letter that publishes at once what is clear."""
    factories.staff(cast.SAM)
    return factories.open_letter(publish_rule=PublishRule.REVIEWED)


def links_in(mail: ReceivedEmail) -> list[str]:
    """Return every URL in an email, in its text and HTML parts."""
    html = mail.message.get_body(("html",))
    found = re.findall(r"https?://[^\s\"'<>]+", f"{mail.text} {html.get_content() if html else ''}")
    return sorted(set(found))


def scan(page: Page, mail: ReceivedEmail) -> int:
    """Act as an email scanner: open every link, run its scripts, and submit every form unchanged."""
    sent = 0
    for link in links_in(mail):
        page.request.head(link)
        page.request.get(link, headers={"Sec-Purpose": "prefetch", "Purpose": "prefetch"})
        page.goto(link)
        for anchor in page.eval_on_selector_all(
            "main a[href^='http'], main a[href^='/']", "found => found.map(one => one.href)"
        ):
            page.request.head(anchor)
            page.request.get(anchor)
        sent += page.evaluate(CLICK_EVERYTHING)
        for number in range(page.evaluate("document.forms.length")):
            page.goto(link)
            with page.expect_navigation():
                page.evaluate(f"document.forms[{number}].submit()")
    return sent


def nothing_is_public(page: Page, letter: Letter) -> None:
    for address in ("/", f"/letters/{letter.slug}"):
        page.goto(address)
        expect(page.get_by_text(FORGED.organization)).to_have_count(0)


def fill_in(page: Page, letter: Letter) -> None:
    page.goto(f"/letters/{letter.slug}/sign")
    page.get_by_label("Organization", exact=True).fill(FORGED.organization)
    page.get_by_label("Website").fill("riverbank.example")
    page.get_by_label("Your name").fill("Johnny Bananas")
    page.get_by_label("Your title").fill("President")
    page.get_by_label("Email").fill(FORGED.email)
    page.get_by_label("National", exact=True).check()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Send me the link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your email")


def test_a_forgery_is_never_public_and_staff_see_why(page: Page, letter: Letter, settings: Settings, postbox: Inbox) -> None:
    fill_in(page, letter)
    nothing_is_public(page, letter)
    link = newest_link(settings, postbox, FORGED.email)
    assert scan(page, postbox.to(FORGED.email)[-1]) >= 3
    assert (only_signature().state, audit_actions(), email_count()) == (SignatureState.PENDING, [], 1)
    nothing_is_public(page, letter)
    page.goto(link)
    page.get_by_text("We didn’t send this form").click()
    page.get_by_role("checkbox", name="I did not ask to sign").check()
    page.get_by_role("button", name="Cancel this request").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This signature was withdrawn")
    nothing_is_public(page, letter)
    sign_in(page, cast.SAM)
    page.goto(DESK)
    expect(page.get_by_role("heading", name="“We didn’t send this form”")).to_be_visible()
    check_page(page, "desk-alarm")
    page.get_by_role("link", name=FORGED.organization).click()
    expect(page.get_by_text("said that this signature is not theirs")).to_be_visible()
    expect(page.get_by_text("free email").first).to_be_visible()
    assert only_signature().published_at is None


@pytest.mark.shows("S6")
def test_s6_a_scanner_changes_nothing_whatever_the_mail_is_about(
    page: Page, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    fill_in(page, letter)
    page.goto(newest_link(settings, postbox, FORGED.email))
    page.get_by_role("checkbox", name="I am authorized to sign for").check()
    page.get_by_role("button", name="Sign for our organization").click()
    send_due_mail(settings)
    before = (only_signature().state, audit_actions(), email_count())
    for mail in postbox.to(FORGED.email):
        scan(page, mail)
    assert (only_signature().state, audit_actions(), email_count()) == before


def test_a_flood_is_good_to_look_at_declined_at_once_and_taken_back(page: Page, letter: Letter) -> None:
    for number in range(24):
        line = Signatory(
            f"Crane Society {number}", "Nia Example", "Director", website=f"https://c{number}.example", section="local"
        )
        address = "203.0.113.7" if number % 4 else "198.51.100.9"
        request = SigningRequest(line, EmailAddress(f"n{number}@{'crane' if number % 3 else 'heron'}.example"), 1)
        sign_letter(letter.id, request, at=now(), sender=Sender(address))
    db.session.remove()
    sign_in(page, cast.SAM)
    page.goto(DESK)
    expect(page.get_by_text("is getting suspicious signatures")).to_be_visible()
    page.get_by_role("link", name="See the sources").click()
    check_page(page, "floods")
    page.get_by_role("link", name="network").first.click()
    check_page(page, "floods-names")
    page.get_by_label("Reason").fill("One place, one hour, nobody confirmed")
    page.get_by_role("button", name="Decline 18 names").click()
    expect(page.get_by_text("18 names were declined.")).to_be_visible()
    check_page(page, "floods-declined")
    page.get_by_role("button", name="Restore 18 names").click()
    expect(page.get_by_text("18 names were restored.")).to_be_visible()


def test_ones_own_data_is_good_to_look_at(page: Page, letter: Letter) -> None:
    signature = factories.signature(letter)
    page.goto(manage_link(signature))
    page.get_by_text("Your data", exact=True).click()
    check_page(page, "manage-data")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the data we keep").click()
    assert download.value.suggested_filename == "signature.json"
    page.get_by_role("checkbox", name="erase my data").check()
    page.get_by_role("button", name="Erase my data").click()
    expect(page.get_by_text("Your data was erased on")).to_be_visible()
    check_page(page, "manage-erased")
