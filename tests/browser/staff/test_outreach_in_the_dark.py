"""Pages of outreach in the dark, with an Arabic list and from right to left."""

import pytest
from playwright.sync_api import Page, expect

from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import Purpose, current_link_signer, hash_recipient
from letterhub.models import Coalition, Letter
from tests.browser.signed_in import sign_in
from tests.browser.watch import check_page
from tests.support import cast, factories

LETTER_PAGES = "/staff/coalition-for-clean-rivers/letters/clean-rivers-for-everyone"
LIST = """المنظمة,الاسم,Email,Phone,Tags,Notes
جمعية الأنهار النظيفة,ليلى المثال,leila@rivers.example,+1 555 0100,"مياه, شمال",التقينا في مايو
Heron House,Hal Example,hal@heron.example,,rivers,
""".encode("cp1256")


@pytest.fixture
def letter(site: str) -> Letter:
    factories.staff(cast.OTTO)
    return factories.open_letter()


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_pages_of_outreach_in_the_dark(page: Page, letter: Letter, direction: str) -> None:
    def check(name: str) -> None:
        page.evaluate(f"document.documentElement.dir = '{direction}'")
        check_page(page, f"{name}-dark-{direction}")

    coalition_id = letter.coalition_id
    page.emulate_media(color_scheme="dark")
    sign_in(page, cast.OTTO)
    page.goto(f"{LETTER_PAGES}/invitations/file")
    file = {"name": "قائمة.csv", "mimeType": "text/csv", "buffer": LIST}
    page.get_by_label("File", exact=True).set_input_files(file)
    check("list-upload")
    page.get_by_role("button", name="Preview").click()
    page.get_by_label("المنظمة", exact=True).select_option("organization")
    check("columns")
    page.get_by_label("الاسم", exact=True).select_option("organization")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("is chosen for")).to_be_visible()
    check("columns-error")
    page.get_by_label("الاسم", exact=True).select_option("signer_name")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("2 of 2 rows would be invited")).to_be_visible()
    check("list-preview")
    page.get_by_role("button", name="Invite 2 organizations").click()
    for name in ("invitations", "invitations/reminders", "emails", "emails/invitation", "signatures/new", "partners"):
        page.goto(f"{LETTER_PAGES}/{name}")
        check(name.replace("/", "-"))
    for name in ("contacts", "contacts/1", "contacts/new", "contacts/file"):
        page.goto(f"/staff/coalition-for-clean-rivers/{name}")
        check(name.replace("/", "-"))
    page.goto("/account/notices")
    page.get_by_role("link", name="Coalition for Clean Rivers").click()
    page.wait_for_url("**/account/notices/*")
    check("notices")
    coalition = db.session.get_one(Coalition, coalition_id)
    subject = (coalition_id, int(hash_recipient(coalition_id, EmailAddress("hal@heron.example")), 16))
    unsubscribe, subscribe = (
        current_link_signer().token(purpose, *subject, since=coalition.created_at)
        for purpose in (Purpose.UNSUBSCRIBE, Purpose.SUBSCRIBE)
    )
    page.goto(f"/unsubscribe/{unsubscribe}")
    check("unsubscribe")
    page.get_by_label("I don’t want these emails.").check()
    page.get_by_role("button", name="Unsubscribe").click()
    page.get_by_text("Get these emails again").click()
    check("unsubscribed")
    page.get_by_label("Email").fill("hal@heron.example")
    page.get_by_role("button", name="Email me a link").click()
    expect(page.get_by_text("we emailed it a link")).to_be_visible()
    check("unsubscribed-asked")
    page.goto(f"/subscribe/{subscribe}")
    check("subscribe")
    page.get_by_label("I want invitations and reminders again.").check()
    page.get_by_role("button", name="Subscribe again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You’re subscribed")
    check("subscribed")
