"""A lead organization agrees to a draft on a phone; the text changes, staff see it and ask again, it sees the difference."""

from dataclasses import replace

from flask import Flask
from playwright.sync_api import Page, expect

from letterhub.clock import now
from letterhub.commands.drafting.sign_offs import ask_for_sign_off
from letterhub.commands.letters.drafts import save_draft
from letterhub.domain.letters.letter_document import Signatory
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import LinkSigner, Purpose
from letterhub.models import SignOff
from tests.browser.signed_in import sign_in
from tests.browser.watch import check_page
from tests.support import cast, factories
from tests.support.servers.database_copies import SECRET_KEY

HOME = "coalition-for-clean-rivers"


def test_a_lead_agrees_and_is_asked_again(app: Flask, page: Page) -> None:
    staff = factories.staff(cast.OTTO)
    draft = factories.draft()
    for organization, email in (("River Keepers", "nia@river.example"), ("Lake Keepers", "kim@lake.example")):
        ask_for_sign_off(
            draft.id, Signatory(organization, "Nia Example", "Director"), email, staff_id=staff.id, actor="staff-1", at=now()
        )
    asked = db.session.query(SignOff).filter_by(organization="River Keepers").one()
    path = "/sign-offs/" + LinkSigner((SECRET_KEY,)).token(Purpose.SIGN_OFF, asked.id, since=asked.created_at)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(path)
    check_page(page, "sign-off")
    page.get_by_label("I am authorized to agree to this text for River Keepers.").check()
    page.get_by_role("button", name="We agree to this text").click()
    expect(page.get_by_text("River Keepers agreed to this text")).to_be_visible()
    text = replace(factories.TEXT, body=factories.TEXT.body + "\n\nAnd we ask for one thing more.")
    save_draft(draft.id, text, 1, staff_id=staff.id, at=now())
    page.reload()
    expect(page.get_by_role("heading", name="What has changed since you agreed")).to_be_visible()
    check_page(page, "sign-off-changed")
    sign_in(page, cast.OTTO)
    page.goto(f"/staff/{HOME}/letters/{draft.slug}/write")
    page.get_by_role("link", name="Agreement of lead organizations").click()
    page.get_by_text("What is different for River Keepers").click()
    check_page(page, "sign-offs")
    page.get_by_role("button", name="Ask again: River Keepers").click()
    expect(page.get_by_text("Asked again by email.")).to_be_visible()
    page.get_by_role("link", name="Settings").click()
    page.get_by_role("button", name="Open the letter").click()
    expect(page.get_by_text("0 of 2 agree to the text as it is now.")).to_be_visible()
    check_page(page, "open-with-leads")
