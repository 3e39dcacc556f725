"""An organizer pastes from Word or a web page into the text: formatting is kept, and undo reverts it."""

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.signed_in import sign_in
from tests.browser.watch import check_page
from tests.support import cast, factories
from tests.support.files import word_documents as documents
from tests.unit.intake.test_word_markdown import WORD_NOTE, item

ADDRESS = "/staff/coalition-for-clean-rivers/letters/clean-rivers-for-everyone/write"
WORD = (
    "<html xmlns:o='urn:schemas-microsoft-com:office:office'><head><style><!-- @list l0 {mso-list-id:1;} --></style></head>"
    "<body><!--StartFragment--><h1>What we <b>ask</b><o:p></o:p></h1>"
    "<p class=MsoNormal>We ask for <b>clean\r\nwater</b> by <a href='https://example.org/law'>law</a>.<o:p></o:p></p>"
    + item("·", "Open the gates.") + item("o", "All of them.", 2) + item("·", "Close the pipes.")
    + item("3.", "Measure.")
    + "<p class=MsoNormal><img src='file:///c:/logo.png'></p><!--EndFragment--></body></html>"
)  # fmt: skip
PLAIN = "What we ask\r\nWe ask for clean water by law.\r\n·  Open the gates.\r\n"
MARKDOWN = """## What we ask

We ask for **clean water** by [law](https://example.org/law).

- Open the gates.
  - All of them.
- Close the pipes.
3. Measure."""


@pytest.fixture
def otto(page: Page) -> Page:
    """An organizer's browser, with a new draft."""
    factories.staff(cast.OTTO)
    factories.draft()
    sign_in(page, cast.OTTO)
    page.goto(ADDRESS)
    return page


def text_of(page: Page) -> Locator:
    return page.get_by_label("Text", exact=True)


def copy_to_clipboard(page: Page, html: str, plain: str) -> None:
    """Put content on the clipboard, as another program would."""
    page.evaluate(
        """([html, plain]) => document.addEventListener("copy", (event) => {
          event.clipboardData.setData("text/html", html);
          event.clipboardData.setData("text/plain", plain);
          event.preventDefault();
        }, { once: true })""",
        [html, plain],
    )
    page.keyboard.press("Control+c")


def pasted(page: Page, html: str = WORD, plain: str = PLAIN) -> None:
    copy_to_clipboard(page, html, plain)
    text_of(page).focus()
    page.keyboard.press("Control+v")


def test_what_is_pasted_from_word_keeps_its_formatting_and_undo_takes_it_back(otto: Page) -> None:
    text = text_of(otto)
    text.fill("")
    pasted(otto)
    expect(text).to_have_value(MARKDOWN)
    expect(otto.get_by_text("Pasted with formatting. One picture was left out.")).to_be_visible()
    sheet = otto.get_by_label("Letter preview")
    expect(sheet.get_by_role("listitem").filter(has_text="Close the pipes.")).to_be_visible()
    expect(sheet.get_by_role("link", name="law", exact=True)).to_be_visible()
    expect(otto.get_by_text(re.compile("^Saved at"))).to_be_visible()
    check_page(otto, "write-pasted")
    text.focus()
    otto.keyboard.press("Control+z")
    expect(text).to_have_value("")
    otto.keyboard.press("Control+Shift+z")
    expect(text).to_have_value(MARKDOWN)


def test_blocks_stand_apart_and_notes_are_numbered_on(otto: Page) -> None:
    text = text_of(otto)
    text.fill("Before[^1] after\n\n[^1]: Source")
    text.evaluate("field => field.setSelectionRange(10, 10)")
    pasted(otto, WORD_NOTE)
    expect(text).to_have_value("Before[^1]\n\nWe[^2] ask.\n\n[^2]: A *law*.\n\n after\n\n[^1]: Source")


def test_words_within_a_line_stay_in_it(otto: Page) -> None:
    text = text_of(otto)
    text.fill("We ask for .")
    text.evaluate("field => field.setSelectionRange(11, 11)")
    pasted(otto, "<b>clean water</b>", "clean water")
    expect(text).to_have_value("We ask for **clean water**.")


def test_what_has_no_formatting_is_pasted_by_the_browser(otto: Page) -> None:
    asked: list[str] = []
    otto.on("request", lambda request: asked.append(request.url) if request.url.endswith("/paste") else None)
    text = text_of(otto)
    text.fill("")
    pasted(otto, "<div style='color:red'><span>a * b</span></div>", "a * b")
    expect(text).to_have_value("a * b")
    assert asked == []


@pytest.mark.parametrize("fault", ["away", "signed out", "broken"])
def test_where_it_cannot_be_read_the_plain_text_is_pasted(otto: Page, fault: str) -> None:
    def answer(route: Route) -> None:
        if fault == "away":
            route.abort()
        elif fault == "signed out":
            route.fulfill(status=302, headers={"Location": "/sign-in"})
        else:
            route.fulfill(status=200, body="no JSON")

    otto.route("**/write/paste", answer)
    text = text_of(otto)
    text.fill("")
    pasted(otto)
    expect(text).to_have_value(PLAIN.replace("\r\n", "\n"))
    expect(otto.get_by_text("Pasted as plain text: the formatting could not be read.")).to_be_visible()
    otto.keyboard.press("Control+z")
    expect(text).to_have_value("")


def paste_pending(page: Page) -> list[Route]:
    """Paste into an empty text, and return the pending request."""
    routes: list[Route] = []
    page.route("**/write/paste", lambda route: routes.append(route))
    text_of(page).fill("")
    expect(page.get_by_text(re.compile("^Saved at"))).to_be_visible()
    with page.expect_request("**/write/paste"):
        pasted(page)
    return routes


def test_a_save_waits_for_what_is_pasted(otto: Page) -> None:
    on_its_way = paste_pending(otto)
    otto.get_by_role("button", name="Save", exact=True).click()
    expect(otto.get_by_text("Saving…")).to_be_visible()
    with otto.expect_navigation():
        on_its_way.pop().continue_()
    expect(text_of(otto)).to_have_value(MARKDOWN)


def test_a_page_is_not_left_unasked_before_what_is_pasted_stands(otto: Page) -> None:
    asked: list[str] = []
    otto.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    on_its_way = paste_pending(otto)
    otto.get_by_role("link", name="Settings", exact=True).click()
    on_its_way.pop().continue_()
    expect(text_of(otto)).to_have_value(MARKDOWN)
    assert asked == ["beforeunload"]


def test_a_word_draft_begins_a_letter(otto: Page) -> None:
    otto.goto("/staff/coalition-for-clean-rivers/letters/new")
    otto.get_by_label("Title").fill("Rivers for everyone")
    draft = otto.get_by_label("Start from a Word draft")
    draft.set_input_files({"name": "draft.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"})
    otto.get_by_role("button", name="Create draft").click()
    expect(draft).to_have_accessible_description(re.compile("draft.pdf: this is a PDF"))
    expect(otto.get_by_label("Title")).to_have_value("Rivers for everyone")
    check_page(otto, "begin-refused")
    draft.set_input_files({"name": "draft.docx", "mimeType": "application/octet-stream", "buffer": documents.draft_letter()})
    otto.get_by_role("button", name="Create draft").click()
    otto.get_by_role("button", name="Create the letter").click()
    expect(otto.get_by_role("heading", level=1)).to_have_text("Rivers for everyone")
    expect(otto.get_by_label("Letter preview").get_by_text("Open the gates.")).to_be_visible()
    check_page(otto, "begun-from-draft")
