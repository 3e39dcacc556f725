"""A letter's page prints from a browser as the letter, on both paper sizes, with and without a letterhead."""

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from letterhub.domain.letters.letter_document import LetterDocument, Letterhead, LetterText, PaperSize, Signatory
from letterhub.rendering.letter.html import standalone_html
from tests.browser.watch import check_page
from tests.support import cast, factories
from tests.support.pdf_readers import text_of_pdf

HEAD = Letterhead("Coalition for Rivers", ("12 River Street",))
NOTED = "We ask.[^1]\n\nAnd ask again.[^2]\n\n[^1]: A law.\n[^2]: [Another](https://example.org)."


@pytest.mark.parametrize("paper", PaperSize)
@pytest.mark.parametrize("letterhead", [HEAD, Letterhead()], ids=["letterhead", "plain"])
@pytest.mark.parametrize("subject", ["Clean rivers", ""], ids=["subject", "no-subject"])
def test_the_title_of_the_page_does_not_touch_the_letter(
    page: Page, tmp_path: Path, paper: PaperSize, letterhead: Letterhead, subject: str
) -> None:
    address = letter_url(page, replace(factories.TEXT, paper=paper, letterhead=letterhead, re=subject, title="Water for all"))
    page.goto(address)
    page.emulate_media(media="print")
    title = page.get_by_role("heading", level=1)
    if subject:  # the subject is the letter's heading, as in the file
        expect(title).to_be_hidden()
    else:
        above, below = title.bounding_box(), page.locator(".letter-top").bounding_box()
        assert above
        assert below
        assert above["y"] + above["height"] + 12 <= below["y"]
    page.pdf(path=tmp_path / "printed.pdf", prefer_css_page_size=True)
    printed = text_of_pdf(tmp_path / "printed.pdf")
    assert ("Water for all" in printed) is not bool(subject)
    assert "Example Alliance" in printed


def test_the_file_is_printed_with_addresses_page_numbers_and_its_subject_on_later_pages(
    chromium: Browser, tmp_path: Path
) -> None:
    body = f"See [the report](https://rivers.example/report).[^1]\n\n{'We ask. ' * 900}\n\n[^1]: A law."
    text = replace(factories.TEXT, body=body, re='Rivers, "now" </style>')
    (tmp_path / "letter.html").write_bytes(standalone_html(LetterDocument(text, (Signatory("Example Alliance"),))))
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto((tmp_path / "letter.html").as_uri())
        expect(page.get_by_text("rivers.example/report")).to_be_hidden()
        page.pdf(path=tmp_path / "printed.pdf", prefer_css_page_size=True)
    printed = text_of_pdf(tmp_path / "printed.pdf")
    pages = printed.rstrip("\f").split("\f")
    assert [f"Page {number} of {len(pages)}" in text for number, text in enumerate(pages, start=1)] == [True] * len(pages)
    assert ["".join(text.split()).count('Rivers,"now"</style>') for text in pages] == [1] * len(pages)
    assert printed.index("A law.") < printed.index("rivers.example/report") < printed.index("Example Alliance")


def test_the_marks_of_notes_are_seen_to_be_links(page: Page) -> None:
    page.goto(letter_url(page, replace(factories.TEXT, body=NOTED)))
    expect(page.get_by_role("link", name="1", exact=True)).to_be_visible()
    check_page(page, "letter-noted")


def letter_url(page: Page, text: LetterText) -> str:
    """URL of an open letter that one organization signed."""
    letter = factories.open_letter(text)
    factories.signature(letter, cast.CLARA)
    return f"/letters/{letter.slug}"
