"""Staff chase answers: a contact is added and invited, a promise is written down in one click, a no with its reason."""

import re

import pytest
from playwright.sync_api import Page, expect

from letterhub.models import Letter
from tests.browser.signed_in import sign_in
from tests.browser.watch import check_page
from tests.support import cast, factories

HOME = "/staff/coalition-for-clean-rivers"
ORGANIZATIONS = (("Otter Order", "Ola Example"), ("Willow Watch", "Ada Example"), ("جمعية الأنهار النظيفة", "ليلى"))


@pytest.fixture
def letter(site: str) -> Letter:
    """An open letter that Otto works on."""
    factories.staff(cast.OTTO)
    return factories.open_letter()


def test_from_a_contact_to_its_answer(page: Page, letter: Letter) -> None:
    sign_in(page, cast.OTTO)
    page.goto(f"{HOME}/contacts")
    check_page(page, "contacts-empty")
    for number, (name, person) in enumerate(ORGANIZATIONS):
        page.goto(f"{HOME}/contacts/new")
        page.get_by_label("Organization").fill(name)
        page.get_by_label("Tags").fill("rivers, midwest")
        page.get_by_label("Person").fill(person)
        page.get_by_label("Email (optional)").fill(f"person{number}@example{number}.example")
        page.get_by_label("Phone").fill("+1 555 0100")
        page.get_by_role("button", name="Add contact").click()
    check_page(page, "contact")
    page.goto(f"{HOME}/contacts?sort=name")
    for name, _person in ORGANIZATIONS:
        page.get_by_role("checkbox", name=f"Select {name}").check()
    check_page(page, "contacts")
    page.get_by_role("button", name="Invite by email").click()
    expect(page.get_by_text("3 organizations are being invited by email.")).to_be_visible()
    page.goto(f"{HOME}/letters/{letter.slug}/invitations")
    page.get_by_role("button", name=re.compile("Promised.*Otter Order")).click()
    expect(page.get_by_role("link", name="1 promised to sign")).to_be_visible()
    page.get_by_role("link", name=re.compile("Said no.*Willow Watch")).click()
    page.get_by_label("Reason or note").fill("Their board meets in March")
    page.get_by_role("button", name="Said no").click()
    page.get_by_label("Note", exact=True).first.fill("Called Ada; she will bring it up in March.")
    page.get_by_label("Call").check()
    page.get_by_role("button", name="Add note").click()
    check_page(page, "contact-history")
    page.goto(f"{HOME}/letters/{letter.slug}/invitations")
    check_page(page, "outreach")
    page.emulate_media(color_scheme="dark")
    check_page(page, "outreach-dark")
    page.evaluate("document.documentElement.dir = 'rtl'")
    check_page(page, "outreach-rtl")
    page.get_by_role("link", name="1 said no").click()
    expect(page.get_by_text("Their board meets in March")).to_be_visible()
    expect(page.get_by_text("Otter Order")).to_have_count(0)
