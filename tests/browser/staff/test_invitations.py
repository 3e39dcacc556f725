"""An organization that signed before is invited, gets a prefilled form, and is published with one key."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from letterhub.clock import now
from letterhub.commands.mail.send import send_due_mail
from letterhub.config import Settings
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Organization
from tests.browser.signed_in import sign_in
from tests.browser.watch import check_page
from tests.support import cast, factories
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import confirm_link

LETTER_PAGES = "/staff/coalition-for-clean-rivers/letters/clean-rivers-for-everyone"


@pytest.fixture
def letter(site: str) -> Letter:
    """An open letter; Clara and Fred signed another one, and staff vouch for Clara's organization."""
    factories.staff(cast.OTTO)
    earlier = factories.open_letter(factories.replace(factories.TEXT, title="Quiet rivers"))
    for by in (cast.CLARA, cast.FREE_MAIL_SIGNER):
        factories.signature(earlier, by)
    row = db.session.query(Organization).filter_by(name=cast.CLARA.organization).one()
    row.vouched_at, row.vouch_reason = now(), "We met them in May"
    db.session.commit()
    return factories.open_letter()


def test_from_an_invitation_to_one_press_of_a_key(page: Page, letter: Letter, settings: Settings, postbox: Inbox) -> None:
    sign_in(page, cast.OTTO)
    page.goto(f"{LETTER_PAGES}/signatures")
    page.get_by_role("navigation", name="Letter").get_by_role("link", name="Invitations").click()
    page.get_by_role("checkbox", name=cast.CLARA.organization).check()
    check_page(page, "invitations")
    page.get_by_role("button", name="Invite selected").click()
    expect(page.get_by_text("One organization is being invited by email.")).to_be_visible()
    check_page(page, "invitations-sent")
    send_due_mail(settings)
    text = postbox.to(cast.CLARA.email)[-1].text
    page.goto(urlsplit(next(word for word in text.split() if "/invited/" in word)).path)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator(".printed-line")).to_contain_text(cast.CLARA.organization)
    check_page(page, "invited")
    page.get_by_role("checkbox", name="I am authorized to sign this letter").check()  # after the link itself, the second tap
    page.get_by_role("button", name="We sign").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. Your signature is confirmed")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{LETTER_PAGES}/review")
    expect(page.get_by_text("known contact ✓")).to_be_visible()
    check_page(page, "review-known-contact")
    page.keyboard.press("j")
    page.keyboard.press("p")
    expect(page.get_by_role("status")).to_have_text("Published Example Alliance.")


def test_an_organization_with_contacts_and_names_is_good_to_look_at(page: Page, letter: Letter) -> None:
    row = db.session.query(Organization).filter_by(name=cast.CLARA.organization).one()
    row.more_domains, row.other_names = ["alliance-mail.example"], ["EA"]
    db.session.commit()
    sign_in(page, cast.OTTO)
    page.goto(f"/staff/coalition-for-clean-rivers/organizations/{row.id}")
    check_page(page, "organization-known")
    page.get_by_role("link", name="Edit").click()
    check_page(page, "organization-edit")


def test_a_second_person_is_asked_whether_it_is_theirs(page: Page, letter: Letter) -> None:
    factories.signature(letter)
    second = factories.signature(
        letter, cast.CLARA, SignatureState.PENDING, signer_name="Zoe Example", email="zoe@alliance.example"
    )
    page.goto(confirm_link(second))
    check_page(page, "confirm-second")
    page.get_by_text("The other signature is ours").click()
    page.get_by_role("checkbox", name="I am authorized to say that this is the signature of").check()
    page.get_by_role("button", name="Yes, it’s ours").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. You confirmed this signature")
    check_page(page, "confirmed-second")
