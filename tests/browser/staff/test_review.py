"""Sam empties the queue by keyboard, by mouse and without scripts; the pages are accessible and do not overflow."""

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from letterhub.clock import now
from letterhub.commands.signatures._shared_steps import audit_signatory_action
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Signature
from tests.browser.signed_in import sign_in
from tests.browser.watch import check_page
from tests.support import cast, factories
from tests.support.imports import run_imports

LETTER_PAGES = "/staff/coalition-for-clean-rivers/letters/clean-rivers-for-everyone"
TABLE = """Organization,Website,Name,Title,Email
Willow Watch,willow.example,Ada Example,Chair,ada@willow.example
Example Alliance,alliance.example,Clara Example,Director,clara@alliance.example
,,,Chair,nobody@example.org
"""


def test_the_queue_is_emptied_by_keyboard(page: Page, waiting: list[Signature]) -> None:
    sign_in(page, cast.SAM)
    page.goto(f"{LETTER_PAGES}/review")
    page.keyboard.press("j")
    expect(page.get_by_label("Select Example Alliance")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("p")
    expect(page.get_by_role("status")).to_have_text("Published Example Alliance.")
    expect(page.get_by_label("Select 例示市民会議")).to_be_focused()
    page.keyboard.press("u")
    expect(page.get_by_label("Select Example Alliance")).to_be_visible()
    page.get_by_label("Select Riverbank Friends").focus()
    page.keyboard.press("d")
    page.keyboard.type("Signed twice; jkpu are letters here")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Declined Riverbank Friends.")
    assert states()["Riverbank Friends"] is SignatureState.DECLINED
    page.get_by_label("Select Example Alliance").focus()
    page.keyboard.press("e")
    expect(page.get_by_label("Organization", exact=True)).to_be_focused()
    page.keyboard.type("The Example Alliance")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Corrected. The signatory is being emailed about it.")
    expect(page.get_by_label("Select The Example Alliance")).to_be_visible()


TYPED_AT_ONCE = """keys => {
  const pressed = (key) => new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
  for (const key of keys) document.activeElement.dispatchEvent(pressed(key));
}"""


@pytest.mark.parametrize(("first", "field"), [("d", "reason"), ("e", "organization")])
def test_letters_that_follow_a_key_at_once_decide_nothing(page: Page, waiting: list[Signature], first: str, field: str) -> None:
    sign_in(page, cast.SAM)
    page.goto(f"{LETTER_PAGES}/review")
    page.get_by_label("Select Example Alliance").focus()
    page.evaluate(TYPED_AT_ONCE, [first, "p", "j", "p", "x"])
    expect(page.locator(":focus")).to_have_attribute("name", field)
    assert set(states().values()) == {SignatureState.CONFIRMED}


def test_a_decision_leaves_the_others_as_they_are(page: Page, waiting: list[Signature]) -> None:
    sign_in(page, cast.SAM)
    page.goto(f"{LETTER_PAGES}/review")
    page.get_by_label("Select Riverbank Friends").check()
    page.get_by_role("link", name="Edit Riverbank Friends").click()
    page.get_by_label("Title").fill("Chairwoman")
    page.get_by_label("Decline 例示市民会議").click()
    page.locator("[open] [name=reason]").fill("Not one of")
    page.get_by_role("button", name="Publish Example Alliance").click()
    expect(page.get_by_role("status")).to_have_text("Published Example Alliance.")
    expect(page.get_by_label("Select Riverbank Friends")).to_be_checked()
    expect(page.get_by_role("button", name="Publish one name")).to_be_enabled()
    expect(page.get_by_label("Title")).to_have_value("Chairwoman")
    expect(page.locator("[open] [name=reason]")).to_have_value("Not one of")
    check_page(page, "review-begun")
    page.get_by_role("button", name="Save the correction").click()
    expect(page.get_by_role("status")).to_have_text("Corrected. The signatory is being emailed about it.")


def test_a_reason_that_is_typed_while_a_decision_is_on_its_way_stays_one(page: Page, waiting: list[Signature]) -> None:
    routes: list[Route] = []
    page.route("**/publish*", lambda route: routes.append(route))
    sign_in(page, cast.SAM)
    page.goto(f"{LETTER_PAGES}/review")
    with page.expect_request("**/publish*"):
        page.get_by_role("button", name="Publish Example Alliance").click()
    page.get_by_label("Decline Riverbank Friends").click()
    expect(page.locator("[open] [name=reason]")).to_be_focused()
    page.keyboard.type("Not up!")
    page.keyboard.press("ArrowLeft")
    routes.pop().continue_()
    expect(page.get_by_role("status")).to_have_text("Published Example Alliance.")
    page.keyboard.type(" to us, dupe")
    expect(page.locator("[open] [name=reason]")).to_have_value("Not up to us, dupe!")
    assert set(states().values()) == {SignatureState.CONFIRMED, SignatureState.PUBLISHED}
    assert states()["Example Alliance"] is SignatureState.PUBLISHED


def test_an_undo_leads_back_to_the_name_that_came_back(page: Page, waiting: list[Signature]) -> None:
    sign_in(page, cast.SAM)
    page.goto(f"{LETTER_PAGES}/review")
    page.get_by_label("Select Example Alliance").check()
    page.get_by_label("Select 例示市民会議").focus()
    page.keyboard.press("p")
    expect(page.get_by_label("Select Riverbank Friends")).to_be_focused()
    page.keyboard.press("u")
    expect(page.get_by_label("Select 例示市民会議")).to_be_focused()
    expect(page.get_by_label("Select Example Alliance")).to_be_checked()


def test_after_many_at_once_the_next_name_is_at_hand(page: Page, waiting: list[Signature]) -> None:
    sign_in(page, cast.SAM)
    page.goto(f"{LETTER_PAGES}/review")
    page.get_by_label("Select Example Alliance").check()
    page.get_by_label("Select 例示市民会議").check()
    page.get_by_role("button", name="Publish 2 names").click()
    expect(page.get_by_label("Select Riverbank Friends")).to_be_focused()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Select Example Alliance")).to_be_focused()


def test_many_names_are_chosen_and_published_together(page: Page, waiting: list[Signature]) -> None:
    sign_in(page, cast.SAM)
    page.goto(f"{LETTER_PAGES}/review")
    expect(page.get_by_role("button", name="Publish selected")).to_be_disabled()
    page.get_by_label("Select all on this page").check()
    expect(page.get_by_text("3 selected")).to_be_visible()
    check_page(page, "review")
    page.get_by_role("button", name="Publish 3 names").click()
    expect(page.get_by_role("heading", level=2)).to_have_text("One of these names is in doubt")
    page.get_by_role("button", name="Publish all 3 names, including those in doubt").click()
    expect(page.get_by_role("status")).to_have_text("Published 3 names.")
    expect(page.get_by_text("Every name has been reviewed. Thank you.")).to_be_visible()
    check_page(page, "review-empty")
    assert set(states().values()) == {SignatureState.PUBLISHED}


def test_the_queue_works_without_scripts(chromium: Browser, site: str, waiting: list[Signature]) -> None:
    with chromium.new_context(base_url=site, java_script_enabled=False) as context:
        page = context.new_page()
        sign_in(page, cast.SAM)
        page.goto(f"{LETTER_PAGES}/review")
        page.get_by_label("Select Example Alliance").check()
        page.get_by_label("Select Riverbank Friends").check()
        page.get_by_role("button", name="Decline selected").click()
        page.get_by_label("Reason").fill("Asked by their chair")
        page.get_by_role("button", name="Decline 2 names").click()
        expect(page.get_by_role("status")).to_have_text("Declined 2 names.")
        page.get_by_role("button", name="Undo").click()
        page.get_by_role("button", name="Publish Example Alliance").click()
        expect(page.get_by_role("status")).to_have_text("Published Example Alliance.")
        page.get_by_role("link", name="Edit Riverbank Friends").click()
        page.get_by_label("Title").fill("Chairwoman")
        page.get_by_role("button", name="Save the correction").click()
        expect(page.get_by_text("Fred Example, Chairwoman")).to_be_visible()


def test_the_names_and_one_name_are_in_nobodys_way(page: Page, waiting: list[Signature]) -> None:
    sign_in(page, cast.SAM)
    page.goto(f"{LETTER_PAGES}/signatures")
    check_page(page, "names")
    page.get_by_role("link", name="Example Alliance").click()
    check_page(page, "name")
    page.get_by_label("Organization", exact=True).fill("")
    page.get_by_role("button", name="Save the correction").click()
    expect(page.get_by_label("Organization", exact=True)).to_be_focused()


def test_a_story_with_fingerprints_fits_a_phone(page: Page, waiting: list[Signature]) -> None:
    audit_signatory_action(waiting[0], "confirmed", now(), {}, {"sha256": "f" * 64})
    db.session.commit()
    sign_in(page, cast.SAM)
    page.goto(f"{LETTER_PAGES}/signatures/{waiting[0].id}")
    expect(page.get_by_text("f" * 64)).to_be_visible()
    check_page(page, "name-story")


def test_a_question_about_an_organization_fits_a_phone(page: Page, waiting: list[Signature]) -> None:
    letter = db.session.get_one(Letter, waiting[0].letter_id)
    for count, name in enumerate(("Friends of the Example County Library", "Friends of the Example County Libraries")):
        named = {"organization_name": name, "website": f"https://friends-{count}.example"}
        factories.signature(letter, cast.FREE_MAIL_SIGNER, SignatureState.CONFIRMED, **named)
    sign_in(page, cast.SAM)
    page.goto(f"{LETTER_PAGES}/review")
    expect(page.get_by_text("similar to Friends of the Example County Library:").first).to_be_visible()
    check_page(page, "review-question")


def test_a_file_of_names_is_looked_at_and_imported(page: Page, waiting: list[Signature]) -> None:
    sign_in(page, cast.SAM)
    page.goto(f"{LETTER_PAGES}/review")
    page.get_by_role("link", name="Import signatures from a file").click()
    check_page(page, "import")
    page.get_by_label("File", exact=True).set_input_files(
        {"name": "names.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
    )
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("One of 3 names would be imported.")).to_be_visible()
    check_page(page, "import-rows")
    assert page.get_by_text("ada@willow.example").evaluate("address => address.getClientRects().length") == 1  # on one line
    page.get_by_role("button", name="Import one name").click()
    expect(page.get_by_label("Waiting to be imported")).to_be_visible()
    check_page(page, "import-progress")
    run_imports()
    expect(page.get_by_text("One name was added to the queue.")).to_be_visible()
    check_page(page, "import-done")
    page.get_by_role("link", name="Review the queue").click()
    expect(page.get_by_label("Select Willow Watch")).to_be_visible()


def states() -> dict[str, SignatureState]:
    db.session.rollback()
    return {one.organization_name: one.state for one in db.session.query(Signature)}


def test_rules_that_are_tried_with_many_doubts_fit_a_phone(page: Page, waiting: list[Signature]) -> None:
    letter = db.session.get_one(Letter, waiting[0].letter_id)
    facts = {"website": "", "organization_name": "Third Example Alliance", "is_new_organization": True}
    factories.signature(letter, cast.FREE_MAIL_SIGNER, SignatureState.CONFIRMED, **facts)
    sign_in(page, cast.SAM)
    page.goto(f"{LETTER_PAGES}/settings/rules?rule=reviewed")
    expect(page.get_by_text("no website")).to_be_visible()
    check_page(page, "rules-tried")


@pytest.fixture
def waiting(site: str) -> list[Signature]:
    """Three names that wait: one clear, one from Tokyo, one with free mail."""
    factories.staff(cast.SAM)
    letter: Letter = factories.open_letter()
    names = (cast.CLARA, cast.HIRO, cast.FREE_MAIL_SIGNER)
    return [
        factories.signature(letter, one, SignatureState.CONFIRMED, is_new_organization=one is not cast.CLARA) for one in names
    ]
