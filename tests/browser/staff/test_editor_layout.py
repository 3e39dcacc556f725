"""Elements that stay visible in the editor: the bar with its warnings, the focused field, the letter, its pages."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect

from letterhub.clock import now
from letterhub.commands.letters.pdf_previews import render_preview
from letterhub.domain.letters.letter_document import LetterText
from letterhub.infrastructure.db import db
from letterhub.models import Letter
from letterhub.queries.letters.pdf_previews import previews_to_render
from tests.browser.staff.test_writing import ADDRESS, saved, sign_in
from tests.browser.watch import PageMonitor, check_page
from tests.support import cast, factories
from tests.unit.intake.test_letter_file import picture

HIDDEN_FOCUS_SCRIPT = """() => {
    const [field, bar] = [document.activeElement, document.querySelector("[data-bar]")];
    const top = field.getBoundingClientRect().top;
    const free = bar.contains(field) || (top >= bar.getBoundingClientRect().bottom && top < innerHeight);
    return !field.closest("form[data-autosave]") || free ? "" : field.outerHTML;
}"""
"""JavaScript: the focused field where the bar or the edge of the window hides it; "" where it is visible."""


@pytest.fixture
def otto(page: Page) -> Page:
    """An organizer's browser, with a new draft."""
    factories.staff(cast.OTTO)
    factories.draft()
    sign_in(page, cast.OTTO)
    page.goto(ADDRESS)
    return page


@pytest.fixture
def olive(chromium: Browser, site: str, app: Flask) -> Iterator[Page]:
    """The owner's browser."""
    factories.staff(cast.OLIVE)
    with chromium.new_context(base_url=site, reduced_motion="reduce") as context:
        page = context.new_page()
        watch = PageMonitor(page, site)
        sign_in(page, cast.OLIVE)
        page.goto(ADDRESS)
        yield page
        assert watch.complaints == []


def is_visible_below_bar(page: Page, field: Locator) -> bool:
    """Return whether a field is hidden neither behind the bar nor below the window."""
    bar, box = page.locator("[data-bar]").bounding_box(), field.bounding_box()
    height = page.evaluate("innerHeight")
    return bool(bar and box and bar["y"] + bar["height"] <= box["y"] < height)


def test_what_the_page_says_of_the_letter_follows_what_is_saved(otto: Page) -> None:
    otto.get_by_label("Title", exact=True).fill("Rivers, cleaner")
    otto.get_by_label("Closing").fill("")
    saved(otto)
    expect(otto.get_by_role("heading", level=1)).to_have_text("Rivers, cleaner")
    expect(otto).to_have_title("Write · Rivers, cleaner · Letterhub")
    expect(otto.get_by_text("Still needs a closing.")).to_be_visible()


def test_a_changed_text_of_an_open_letter_can_be_published_as_soon_as_it_is_saved(page: Page) -> None:
    factories.staff(cast.OTTO)
    factories.open_letter()
    sign_in(page, cast.OTTO)
    page.goto(ADDRESS)
    page.get_by_label("Closing").fill("Sincerely,")
    page.get_by_role("button", name="Publish this text").click()
    expect(page.get_by_role("button", name="Publish this text")).to_have_count(0)
    assert text_before_readers().closing == "Sincerely,"


def text_before_readers() -> LetterText:
    db.session.rollback()
    letter = db.session.query(Letter).one()
    return factories.revision_of(letter).text


@pytest.mark.parametrize("width", [390, 1280])
def test_a_warning_of_another_writer_is_seen_wherever_she_writes(otto: Page, olive: Page, width: int) -> None:
    olive.set_viewport_size({"width": width, "height": 800})
    otto.get_by_label("Text", exact=True).fill("What Otto wrote.")
    saved(otto)
    olive.get_by_label("Text", exact=True).fill("What Olive wrote.")
    olive.get_by_label("Closing").fill("Yours,")
    warning = olive.get_by_text("Otto Organizer saved this letter after you opened it.")
    expect(warning).to_be_in_viewport()
    expect(olive.get_by_role("button", name="Compare and choose")).to_be_in_viewport()
    assert is_visible_below_bar(olive, olive.get_by_label("Closing"))
    check_page(olive, "write-warned")
    with olive.expect_popup() as theirs:
        olive.get_by_role("link", name="See the saved text (new tab)").click()
    expect(theirs.value.get_by_label("Text", exact=True)).to_have_value("What Otto wrote.")
    theirs.value.close()
    expect(olive.get_by_label("Closing")).to_have_value("Yours,")


@pytest.mark.parametrize("key", ["Tab", "Shift+Tab"])
def test_the_field_with_the_focus_never_hides_behind_the_bar(otto: Page, key: str) -> None:
    otto.set_viewport_size({"width": 390, "height": 500})
    fields = otto.locator("form[data-autosave] :is(input, textarea, select):visible")
    (fields.last if key == "Shift+Tab" else fields.first).focus()
    for _ in range(14):
        otto.keyboard.press(key)
        assert otto.evaluate(HIDDEN_FOCUS_SCRIPT) == ""


def test_a_picture_that_is_too_large_is_told_at_once_and_a_small_one_is_added(otto: Page, tmp_path: Path) -> None:
    heavy, light = tmp_path / "heavy.png", tmp_path / "light.png"
    heavy.write_bytes(b"\x89PNG\r\n\x1a\n" + b"x" * 2**21)
    light.write_bytes(picture((400, 200)))
    otto.get_by_text(re.compile("^Letterhead")).click()
    field = otto.get_by_label(re.compile("^Logo"))
    field.set_input_files(heavy)
    warning = otto.locator("[data-too-large]:visible")
    expect(warning).to_have_text("This picture is larger than 2 MB. Choose a smaller one.")
    expect(field).to_have_value("")
    field.set_input_files(light)
    expect(warning).to_have_count(0)
    otto.get_by_label("Description of the logo").fill("A river")
    saved(otto)
    otto.get_by_role("button", name="Add logo").click()
    expect(otto.get_by_label("Letter preview").get_by_role("img", name="A river")).to_be_visible()
    expect(otto.get_by_role("button", name="Remove logo 1")).to_be_visible()
    expect(otto.get_by_text("unsaved changes from an earlier visit")).to_be_hidden()
    check_page(otto, "write-logo")
    otto.goto(ADDRESS)
    expect(otto.get_by_text("unsaved changes from an earlier visit")).to_be_hidden()
    otto.get_by_text(re.compile("^Letterhead")).click()
    otto.get_by_role("button", name="Remove logo 1").click()
    expect(otto.get_by_role("button", name="Add logo")).to_be_visible()
    expect(otto.get_by_text("unsaved changes from an earlier visit")).to_be_hidden()


def test_a_form_that_was_not_saved_is_offered_again_after_another_one_was(otto: Page) -> None:
    otto.get_by_label("Closing").fill("With hope,")
    saved(otto)
    otto.get_by_role("button", name="Save", exact=True).click()
    expect(otto.get_by_text("unsaved changes from an earlier visit")).to_be_hidden()
    otto.route("**/write**", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    otto.get_by_label("Closing").fill("With doubt,")
    expect(otto.get_by_text("Letterhub is not responding")).to_be_visible()
    otto.on("dialog", lambda dialog: dialog.accept())
    otto.goto(ADDRESS)
    expect(otto.get_by_text("unsaved changes from an earlier visit")).to_be_visible()


def test_the_pages_appear_without_a_reload(otto: Page) -> None:
    otto.get_by_label("Closing").fill("Typed just now,")
    otto.get_by_role("button", name="Preview pages").click()
    expect(otto.get_by_text("Waiting to be prepared")).to_be_visible()
    check_page(otto, "pages-waiting")
    [waiting] = previews_to_render(now())
    render_preview(waiting)
    expect(otto.get_by_text("One page, US Letter")).to_be_visible()
    expect(otto.get_by_role("link", name="Open the page (PDF)")).to_be_visible()
    check_page(otto, "pages")
    otto.get_by_role("link", name="Back to the letter").click()
    expect(otto.get_by_label("Closing")).to_have_value("Typed just now,")
