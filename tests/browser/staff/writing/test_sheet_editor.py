"""An organizer writes on the sheet itself: what is typed there is saved as Markdown."""

import re

import pytest
from playwright.sync_api import Page, expect

from letterhub.infrastructure.db import db
from letterhub.models import Draft
from tests.browser.signed_in import sign_in
from tests.browser.staff.test_pasting import MARKDOWN, PLAIN, WORD, copy_to_clipboard
from tests.browser.watch import check_page
from tests.support import cast, factories

ADDRESS = "/staff/coalition-for-clean-rivers/letters/clean-rivers-for-everyone/write"


@pytest.fixture
def otto(page: Page) -> Page:
    """An organizer's browser, with a new draft."""
    factories.staff(cast.OTTO)
    factories.draft()
    sign_in(page, cast.OTTO)
    page.goto(ADDRESS)
    return page


def body() -> str:
    db.session.expire_all()
    return str(db.session.query(Draft).one().text["body"])


def test_what_is_typed_on_the_sheet_is_saved_as_markdown(otto: Page) -> None:
    otto.get_by_role("button", name="Write on the sheet").click()
    text = otto.get_by_role("textbox", name="Letter text")
    text.press("Control+End")
    text.press("Enter")
    otto.keyboard.type("We {{count}} ask:")
    otto.keyboard.press("Enter")
    otto.keyboard.type("- clean ")
    otto.keyboard.press("Control+b")
    otto.keyboard.type("water")
    otto.keyboard.press("Control+b")
    otto.get_by_role("button", name="Footnote").click()
    otto.keyboard.type("Act of 1972")
    otto.keyboard.press("Escape")
    otto.keyboard.press("ArrowRight")
    otto.keyboard.type(" now")
    check_page(otto, "write-on-sheet")
    otto.get_by_role("button", name="Save").click()
    expect(otto.get_by_text(re.compile("^Saved at"))).to_be_visible()
    assert body().endswith("We {{count}} ask:\n\n- clean **water**[^1] now\n\n[^1]: Act of 1972")


def test_an_arabic_letter_takes_pasted_text_a_table_and_replaced_words_and_goes_back_to_markdown(otto: Page) -> None:
    otto.get_by_label("Text", exact=True).fill("## مطالب\n\nنطلب **ماءً**[^1].\n\nplain\n\n(a) x\n(b) y\n\n[^1]: حاشية")
    otto.get_by_label("Language").select_option("ar")
    otto.get_by_role("button", name="Write on the sheet").click()
    text = otto.get_by_role("textbox", name="Letter text")
    copy_to_clipboard(otto, WORD, PLAIN)
    text.press("Control+End")
    text.press("Enter")
    text.press("Enter")
    otto.keyboard.press("Control+v")
    expect(otto.get_by_text("Pasted with formatting. One picture was left out.")).to_be_visible()
    otto.get_by_role("button", name="Table", exact=True).click()
    for cell in ("A", "B", "1", "2"):
        otto.keyboard.type(cell)
        otto.keyboard.press("Tab")
    otto.get_by_role("button", name="Find", exact=True).click()
    otto.get_by_role("textbox", name="Find").fill("plain")
    otto.get_by_label("Replace with").fill("simple")
    otto.get_by_role("button", name="Replace all").click()
    otto.get_by_role("button", name="Write in Markdown").click()
    pasted = MARKDOWN.replace("\n3. Measure", "\n\n3. Measure")
    table = "   | A | B |\n   | --- | --- |\n   | 1 | 2 |"
    start = "## مطالب\n\nنطلب **ماءً**[^1].\n\nsimple\n\n(a) x\n(b) y"
    written = f"{start}\n\n{pasted}\n\n{table}\n\n[^1]: حاشية"
    expect(otto.get_by_label("Text", exact=True)).to_have_value(written)
