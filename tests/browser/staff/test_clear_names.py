"""Sam selects all names of the page: those in doubt are listed first, and the clear ones are published together."""

import pytest
from playwright.sync_api import Page, expect

from letterhub.domain.letters.letter_document import SignatoryKind
from letterhub.domain.letters.signing_settings import WhoMaySign
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter
from tests.browser.signed_in import sign_in
from tests.browser.watch import check_page
from tests.support import cast, factories

CONFIRMED = SignatureState.CONFIRMED
LETTER = "/letters/clean-rivers-for-everyone"
LETTER_PAGES = f"/staff/coalition-for-clean-rivers{LETTER}"
PERSON = {
    "kind": SignatoryKind.INDIVIDUAL,
    "organization_name": "",
    "website": "",
    "signer_name": "Pat Person",
    "signer_title": "",
}


@pytest.fixture
def letter(site: str) -> Letter:
    """A letter that anyone may sign, with four names in its queue, two of them in doubt."""
    factories.staff(cast.SAM)
    factories.staff(cast.OTTO)
    letter = factories.open_letter(who_may_sign=WhoMaySign.BOTH, publish_individuals=True)
    for signer in (cast.HIRO, cast.FREE_MAIL_SIGNER):
        factories.signature(letter, signer, CONFIRMED)
    factories.signature(letter, state=CONFIRMED, email="pat.person@gmail.com", **PERSON)
    elsewhere = {"organization_name": "Example Alliance", "website": "https://alliance.example", "email": "x@zq7.example"}
    factories.signature(letter, state=CONFIRMED, **elsewhere)
    return letter


@pytest.mark.shows("S25")
def test_names_in_doubt_are_named_before_many_are_published(page: Page, letter: Letter) -> None:
    sign_in(page, cast.SAM)
    page.goto(f"{LETTER_PAGES}/review")
    page.get_by_label("Select all on this page").check()
    page.get_by_role("button", name="Publish 4 names").click()
    expect(page.get_by_role("heading", level=2)).to_have_text("2 of these names are in doubt")
    check_page(page, "publish-doubts")
    db.session.expire_all()
    assert db.session.get_one(Letter, letter.id).published_count == 0
    page.get_by_role("button", name="Publish 2 clear names").click()
    expect(page.get_by_role("status")).to_have_text("Published 2 names.")
    expect(page.get_by_label("Select Riverbank Friends")).to_be_visible()


@pytest.mark.shows("S25")
def test_two_of_one_organization_are_left_out_and_compared(page: Page, letter: Letter) -> None:
    factories.signature(letter, cast.CLARA, CONFIRMED, website="https://alliance2.example")
    sign_in(page, cast.SAM)
    page.goto(f"{LETTER_PAGES}/review")
    page.get_by_label("Select all on this page").check()
    page.get_by_role("button", name="Publish 5 names").click()
    expect(page.get_by_text("so they are never published together")).to_be_visible()
    check_page(page, "publish-rivals")
    page.get_by_role("button", name="Publish the other 3 names, including those in doubt").click()
    expect(page.get_by_role("status")).to_have_text("Published 3 names.")
    page.get_by_role("link", name="Compare").first.click()
    expect(page.get_by_role("heading", level=2)).to_have_text("Which of these is the organization’s own signature?")


def test_the_clear_names_are_looked_over_and_published_together(page: Page, letter: Letter) -> None:
    sign_in(page, cast.SAM)
    page.goto(f"{LETTER_PAGES}/review")
    page.get_by_role("link", name="Publish the clear names").click()
    expect(page.get_by_role("heading", level=2)).to_have_text("2 names are clear")
    check_page(page, "publish-clear")
    page.get_by_role("button", name="Publish 2 clear names").click()
    expect(page.get_by_role("status")).to_have_text("Published 2 names.")
    page.goto(LETTER)
    expect(page.get_by_text("Staff reviewed every organization. Individuals confirmed their email address.")).to_be_visible()
    check_page(page, "letter-how-checked")


def test_an_organizer_chooses_when_names_appear(page: Page, letter: Letter) -> None:
    sign_in(page, cast.OTTO)
    page.goto(f"{LETTER_PAGES}/settings")
    page.get_by_text("Right away for organizations reviewed before").click()
    page.get_by_label("Publish individuals once they confirm by email.").uncheck()
    check_page(page, "settings-rules")
    page.get_by_role("button", name="Save deadline and rules").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_role("link", name="Test the rules on recent signatures").click()
    check_page(page, "rules-tried")
