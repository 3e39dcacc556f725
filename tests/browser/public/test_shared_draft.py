"""A draft behind a secret link in a browser: a partner without an account comments on a phone, staff answer."""

from dataclasses import replace

from flask import Flask
from playwright.sync_api import Page, expect

from letterhub.clock import now
from letterhub.commands.letters.drafts import save_draft
from letterhub.commands.links.secret_links import create_secret_link
from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.links.secret_links import LinkKind, LinkLifetime, LinkPermission
from letterhub.models import Letter
from tests.browser.signed_in import sign_in
from tests.browser.watch import check_page
from tests.support import cast, factories

HOME = "coalition-for-clean-rivers"
SELECT = """() => {
    const text = document.querySelector(".letter-body p").firstChild;
    document.getSelection().setBaseAndExtent(text, 0, text, 18);
}"""


def shared(draft: Letter, staff_id: int, permission: LinkPermission = LinkPermission.COMMENT) -> str:
    """Return the path of a new link."""
    link = (LinkKind.DRAFT, "River Keepers", LinkLifetime.MONTH, permission)
    return f"/drafts/{create_secret_link(draft.id, *link, staff_id=staff_id, actor='staff-1', at=now())}"


def test_a_partner_selects_words_and_staff_answer(app: Flask, page: Page) -> None:
    staff = factories.staff(cast.OTTO)
    text = replace(factories.TEXT, body="Our rivers need us now.\n\nWe ask for three things.")
    draft = factories.draft(text)
    path = shared(draft, staff.id)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(path)
    page.evaluate(SELECT)
    page.get_by_role("button", name="Comment on the selected words").click()
    expect(page.get_by_label("Words from the letter")).to_have_value("Our rivers need us")
    page.get_by_label("Comment", exact=True).fill("Who is “us”?\n\nName the members.")
    page.get_by_label("Your name").first.fill("Nia Example")
    page.get_by_role("button", name="Add comment").click()
    expect(page.get_by_text("Name the members.")).to_be_visible()
    check_page(page, "shared-draft")
    save_draft(draft.id, replace(text, body="We ask for three things."), 1, staff_id=staff.id, at=now())
    sign_in(page, cast.OTTO)
    page.goto(f"/staff/{HOME}/letters/{draft.slug}/write")
    page.get_by_role("link", name="Comments").click()
    expect(page.get_by_text("This passage is no longer in the letter.")).to_be_visible()
    page.locator("summary", has_text="Reply").click()
    page.get_by_label("Reply").fill("We took the sentence out.")
    page.get_by_label("This is settled").check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Settled by")).to_be_visible()
    check_page(page, "draft-comments")
    page.get_by_role("link", name="Share the draft").click()
    check_page(page, "draft-links")


def test_a_partner_suggests_words_on_a_phone_and_staff_accept_them(app: Flask, page: Page) -> None:
    staff = factories.staff(cast.OTTO)
    text = replace(factories.TEXT, body="Our rivers need us now.\n\nWe ask for three things.\n\n- Clean water\n- Clear rules")
    draft = factories.draft(text)
    path = shared(draft, staff.id, LinkPermission.SUGGEST)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(path)
    page.get_by_role("link", name="Suggest changes").click()
    page.get_by_role("link", name="Suggest a change").nth(1).click()
    expect(page.get_by_label("New wording")).to_have_value("We ask for three things.")
    page.get_by_label("New wording").fill("We ask for *four* things.")
    page.get_by_label("Reason").fill("The fourth is on the next page.")
    page.get_by_label("Your name").fill("Nia Example")
    check_page(page, "suggestion")
    page.get_by_role("button", name="Send suggestion").click()
    expect(page.get_by_text("The fourth is on the next page.")).to_be_visible()
    page.get_by_role("link", name="Suggest a change").nth(0).click()
    page.get_by_label("New wording").fill("Our rivers need all of us.")
    page.get_by_role("button", name="Send suggestion").click()
    check_page(page, "suggestions")
    save_draft(draft.id, replace(text, body=text.body.replace("us now", "our help now")), 1, staff_id=staff.id, at=now())
    sign_in(page, cast.OTTO)
    page.goto(f"/staff/{HOME}/letters/{draft.slug}/write")
    page.get_by_role("link", name="Suggestions").click()
    expect(page.get_by_text("It is now:")).to_be_visible()
    check_page(page, "draft-suggestions")
    page.get_by_role("button", name="Accept Nia Example").click()
    expect(page.get_by_text("Accepted by")).to_be_visible()
    page.goto(path)
    expect(page.locator(".letter-body em", has_text="four")).to_be_visible()


def test_a_draft_in_arabic_reads_from_the_right(app: Flask, page: Page) -> None:
    staff = factories.staff(cast.OTTO)
    text = LetterText(title="أنهار نظيفة للجميع", body="نكتب إليكم من أجل أنهارنا.", language="ar", salutation="السادة الكرام")
    page.goto(shared(factories.draft(text), staff.id))
    page.get_by_label("التعليق", exact=True).fill("ما هي الأنهار؟")
    page.get_by_label("اسمك").first.fill("نادية")
    page.get_by_role("button", name="إضافة تعليق").click()
    expect(page.get_by_text("ما هي الأنهار؟")).to_be_visible()
    check_page(page, "shared-draft-ar")
