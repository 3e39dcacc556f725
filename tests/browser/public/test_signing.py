"""Clara signs on a phone, with scripts and without; a machine that submits everything signs nothing."""

import pytest
from playwright.sync_api import Browser, Page, expect

from letterhub.config import Settings
from letterhub.domain.states import SignatureState
from letterhub.models import Letter
from tests.browser.watch import PageMonitor, check_page
from tests.support import cast, factories
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import audit_actions, confirm_link, email_count, manage_link, newest_link

PENDING, CONFIRMED, WITHDRAWN = SignatureState.PENDING, SignatureState.CONFIRMED, SignatureState.WITHDRAWN
PHONE = {"width": 390, "height": 844}
CLICK_EVERYTHING = """async () => {
    const forms = [...document.forms];
    for (const form of forms) {
        const bare = new URLSearchParams(new FormData(form));
        await fetch(form.action, {method: form.method, body: bare});
        for (const button of form.querySelectorAll("button")) {
            const pressed = new URLSearchParams(new FormData(form, button));
            await fetch(form.action, {method: form.method, body: pressed});
        }
    }
    return forms.length;
}"""


@pytest.fixture
def letter(site: str) -> Letter:
    """An open letter with a few names under it."""
    letter = factories.open_letter()
    factories.signature(letter, cast.HIRO)
    factories.signature(letter, cast.FREE_MAIL_SIGNER, lead=True)
    return letter


def fill_in(page: Page) -> None:
    """Fill in Clara's form."""
    page.get_by_label("Organization", exact=True).fill(cast.CLARA.organization)
    page.get_by_label("Website").fill("alliance.example")
    page.get_by_label("Your name").fill(cast.CLARA.name)
    page.get_by_label("Your title").fill(cast.CLARA.title)
    page.get_by_label("Email").fill(cast.CLARA.email)
    page.get_by_label("City and state").fill(cast.CLARA.location)
    page.get_by_label("National", exact=True).check()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_clara_signs_on_her_phone(
    chromium: Browser, site: str, letter: Letter, settings: Settings, postbox: Inbox, scripts: bool
) -> None:
    with chromium.new_context(base_url=site, viewport=PHONE, java_script_enabled=scripts) as context:
        page = context.new_page()
        watch = PageMonitor(page, site)
        page.goto(f"/letters/{letter.slug}")
        page.get_by_role("link", name="Sign for your organization").first.click()
        fill_in(page)
        printed = page.get_by_text("How it will print:").locator("..")
        if scripts:
            expect(printed).to_contain_text("Example Alliance Clara Example, Director")
        page.get_by_role("button", name="Send me the link").click()
        expect(page.get_by_text("Check the box").first).to_be_visible()
        expect(page.get_by_role("checkbox")).to_be_focused()
        page.get_by_role("checkbox").check()
        page.get_by_role("button", name="Send me the link").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Check your email")
        page.goto(newest_link(settings, postbox))
        page.get_by_role("checkbox", name="I am authorized to sign for Example Alliance.").check()
        page.get_by_role("button", name="Sign for our organization").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Your signature is confirmed")
        page.goto(newest_link(settings, postbox))
        page.locator("summary", has_text="Withdraw your signature").click()
        page.get_by_role("checkbox", name="Withdraw the signature of Example Alliance.").check()
        page.get_by_role("button", name="Withdraw the signature").click()
        expect(page.get_by_text("Your signature was withdrawn on")).to_be_visible()
        assert watch.complaints == []


def test_a_slip_in_the_address_is_asked_about_while_it_is_typed(page: Page, letter: Letter) -> None:
    page.goto(f"/letters/{letter.slug}/sign")
    fill_in(page)
    page.get_by_label("Email").fill("clara@aliance.example")
    page.get_by_label("City and state").focus()
    expect(page.get_by_role("status")).to_have_text("Did you mean clara@alliance.example?")
    page.get_by_role("button", name="clara@alliance.example").click()
    expect(page.get_by_label("Email")).to_have_value("clara@alliance.example")
    expect(page.get_by_label("Email")).to_be_focused()
    for host, question in {"gmial.com": "Did you mean clara@gmail.com?", "mail.com": "", "mail.alliance.example": ""}.items():
        page.get_by_label("Email").fill(f"clara@{host}")
        page.get_by_label("City and state").focus()
        expect(page.locator(".address-suggestion")).to_have_text(question)


@pytest.mark.parametrize("name", ["Donaudampfschifffahrt" * 10, "جمعية أصدقاء المكتبات " * 9, "👩‍👩‍👧‍👦" * 28])
def test_no_name_is_too_long_for_a_phone(page: Page, letter: Letter, name: str) -> None:
    page.set_viewport_size(PHONE)
    facts = {"organization_name": name.strip(), "signer_name": "x" * 200}
    waiting, standing = factories.signature(letter, state=PENDING, **facts), factories.signature(letter, **facts)
    for address in (f"/letters/{letter.slug}", confirm_link(waiting), manage_link(standing)):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address


def test_a_long_list_is_good_to_look_at_and_bars_no_one(page: Page, letter: Letter) -> None:
    for number in range(240):
        factories.signature(letter, organization_name=f"Alliance {number:03} of the Long and Winding Rivers", lead=number < 3)
    page.goto(f"/letters/{letter.slug}")
    check_page(page, "letter-long")
    page.get_by_role("searchbox").fill("alliance 2")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("status")).to_have_text("40 signatories match “alliance 2”.")
    check_page(page, "letter-search")


def test_every_page_of_signing_is_good_to_look_at_and_bars_no_one(
    page: Page, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    page.goto(f"/letters/{letter.slug}")
    check_page(page, "letter")
    page.get_by_role("link", name="Sign for your organization").first.click()
    check_page(page, "sign")
    page.get_by_text("Read the letter").click()
    page.get_by_role("button", name="Send me the link").click()
    check_page(page, "sign-errors")
    fill_in(page)
    page.get_by_role("checkbox").check()
    check_page(page, "sign-filled")
    page.get_by_role("button", name="Send me the link").click()
    check_page(page, "check-mail")
    page.goto(newest_link(settings, postbox))
    check_page(page, "confirm")
    for choice in ("Make a correction first", "We didn’t send this form"):
        page.get_by_text(choice).first.click()
    check_page(page, "confirm-open")
    page.get_by_role("checkbox", name="I am authorized to sign for Example Alliance.").check()
    page.get_by_role("button", name="Sign for our organization").click()
    check_page(page, "thanks")
    page.goto(newest_link(settings, postbox))
    check_page(page, "manage")


@pytest.mark.shows("S6")
def test_a_machine_that_opens_links_runs_scripts_and_presses_everything_signs_nothing(page: Page, letter: Letter) -> None:
    pending = factories.signature(letter, state=PENDING)
    page.goto(confirm_link(pending))
    assert page.evaluate(CLICK_EVERYTHING) == 3
    for number in range(3):
        page.goto(confirm_link(pending))
        with page.expect_navigation():
            page.evaluate(f"document.forms[{number}].submit()")
    assert (the_signature_of(pending.id), audit_actions(), email_count()) == (PENDING, [], 0)


def the_signature_of(number: int) -> SignatureState:
    """Return the current state of a signature."""
    factories.db.session.expire_all()
    row = factories.db.session.get(factories.Signature, number)
    assert row
    return row.state


@pytest.mark.shows("S6")
def test_a_machine_withdraws_nothing_either(page: Page, letter: Letter) -> None:
    signed = factories.signature(letter)
    page.goto(manage_link(signed))
    assert page.evaluate(CLICK_EVERYTHING) == 3
    assert (the_signature_of(signed.id), audit_actions(), email_count()) == (SignatureState.PUBLISHED, [], 0)
