"""An organizer adds a figure in a browser: below the paragraph with the cursor, and shown in the preview."""

import re

from playwright.sync_api import Page, expect

from tests.browser.staff.test_writing import ADDRESS, sign_in
from tests.browser.watch import check_page
from tests.support import cast, factories
from tests.unit.intake.test_letter_file import picture


def test_a_figure_stands_where_the_cursor_was(page: Page) -> None:
    factories.staff(cast.OTTO)
    factories.draft()
    sign_in(page, cast.OTTO)
    page.goto(ADDRESS)
    text = page.get_by_label("Text", exact=True)
    text.fill("One\n\nTwo")
    expect(page.get_by_text(re.compile("^Saved at"))).to_be_visible()
    text.press("Control+Home")
    page.locator("summary", has_text="Figures").click()
    page.get_by_role("button", name="Picture").set_input_files(
        {"name": "Chart.png", "mimeType": "image/png", "buffer": picture((600, 300))}
    )
    page.get_by_label("Description of the picture").fill("A chart of ten bars")
    page.get_by_label("Caption", exact=False).fill("Backlog")
    page.get_by_label("Width").select_option("60")
    page.get_by_label("Number it").check()
    page.get_by_role("button", name="Add figure").click()
    expect(page.get_by_role("img", name="A chart of ten bars")).to_be_visible()
    expect(page.get_by_text("Figure 1. Backlog")).to_be_visible()
    expect(text).to_have_value(re.compile(r'^One\n\n!\[A chart of ten bars\]\(chart\.png "Backlog"\)\{.*\}\n\nTwo'))
    page.locator("summary", has_text="Figures").click()
    check_page(page, "editor-figures")
