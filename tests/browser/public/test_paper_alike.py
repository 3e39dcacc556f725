"""A letter looks the same in the PDF and in a browser's paper view: each part's typeface, size and color, in every theme."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from letterhub.domain.letters.letter_document import LetterDocument, Theme
from letterhub.rendering.letter.html import standalone_html
from letterhub.rendering.pdf.letter_pdf import render_letter_pdf
from tests.support.editions import TEXT, edition_document
from tests.support.pdf_readers import TextStyle, text_styles_of_pdf

PARTS = (
    "Coalition for Rivers", "12 River Street", "January 7, 2022", "The President", "The White House", "Re:", "Dear Ada:",
    "We, the five", "What we ask", "Act", "now", "Listen", "to all", "Quoted", "a", "Respectfully,", "5 signatories",
    "Led by", "Zebra Lead", "Nia Example", "National organizations", "cc:",
)  # fmt: skip
SEEN = """parts => parts.map(part => {
    const found = document.createTreeWalker(document.querySelector(".letter"), NodeFilter.SHOW_TEXT);
    while (found.nextNode() && !found.currentNode.data.trim().startsWith(part));
    const {fontFamily, fontSize, color, fontWeight, fontStyle} = getComputedStyle(found.currentNode.parentElement);
    return {fontFamily, fontSize, color, fontWeight, fontStyle};
})"""


@pytest.mark.parametrize("theme", Theme)
def test_each_part_of_a_letter_has_one_look_on_paper_and_in_a_browser(chromium: Browser, tmp_path: Path, theme: Theme) -> None:
    letter = edition_document(replace(TEXT, theme=theme, accent="#7a1f2b"))
    (tmp_path / "letter.pdf").write_bytes(render_letter_pdf(letter).data)
    paper = text_styles_of_pdf(tmp_path / "letter.pdf")
    for part, in_browser in zip(PARTS, browser_text_styles(chromium, letter), strict=True):
        drawn = next(look for text, look in paper if text.startswith(part))
        assert drawn.is_like(in_browser), f"{part}: {drawn} on paper, {in_browser} in a browser"


def test_the_mark_of_a_note_is_as_large_as_its_text(tmp_path: Path) -> None:
    (tmp_path / "letter.pdf").write_bytes(render_letter_pdf(edition_document()).data)
    assert [text for text, _ in text_styles_of_pdf(tmp_path / "letter.pdf") if text.startswith("We, the five of us,1")]


def browser_text_styles(chromium: Browser, letter: LetterDocument) -> list[TextStyle]:
    """Return the style of each part as a browser would print it."""
    page = chromium.new_page()
    page.emulate_media(media="print")
    page.set_content(standalone_html(letter).decode())
    styles = page.evaluate(SEEN, list(PARTS))
    page.close()
    return [look_of(one) for one in styles]


def look_of(style: dict[str, Any]) -> TextStyle:
    face = re.sub(r"\W", "", style["fontFamily"].split(",")[0])
    color = tuple(int(part) for part in re.findall(r"\d+", style["color"]))
    points = float(style["fontSize"].removesuffix("px")) * 0.75
    return TextStyle(face, points, color, int(style["fontWeight"]) >= 600, style["fontStyle"] == "italic")
