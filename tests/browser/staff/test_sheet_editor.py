"""An organizer writes on the sheet itself: what is typed there is saved as Markdown."""

import re

import pytest
from playwright.sync_api import Page, expect

from letterhub.infrastructure.db import db
from letterhub.models import Draft
from tests.browser.signed_in import sign_in
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
    expect(otto.get_by_text(re.compile("^Saved at"))).to_be_visible()
    check_page(otto, "write-on-sheet")
    otto.wait_for_timeout(2500)
    assert body().endswith("We {{count}} ask:\n\n- clean **water**[^1] now\n\n[^1]: Act of 1972")
