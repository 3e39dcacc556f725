"""A table that is wider than a phone scrolls by itself, and its page does not."""

from playwright.sync_api import Browser

from letterhub.domain.letters.letter_document import LetterDocument, LetterText
from letterhub.rendering.letter.html import standalone_html
from tests.integration.rendering.test_text_on_paper import table


def test_a_wide_table_moves_by_itself_by_finger_and_by_keys(chromium: Browser) -> None:
    page = chromium.new_page(viewport={"width": 390, "height": 800}, bypass_csp=True)
    page.set_content(standalone_html(LetterDocument(LetterText("T", table(7)))).decode())
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.table-scroll').scrollLeft > 0")
    page.close()
