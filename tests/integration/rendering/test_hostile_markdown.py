"""Markdown that nobody expects in a letter: each piece is printed in every form, or a note tells that it is not."""

import re
from pathlib import Path

import pytest

from letterhub.domain.letters.letter_document import LetterDocument, LetterText
from letterhub.domain.letters.opening_rules import footnote_errors
from letterhub.domain.letters.pictures import Picture
from letterhub.rendering.letter.html import standalone_html
from letterhub.rendering.letter.lint.markdown_lint import markup_notes
from letterhub.rendering.odt.file import odt_file
from letterhub.rendering.pdf.letter_pdf import render_letter_pdf
from letterhub.rendering.text.text_export import edition_text
from tests.integration.rendering.test_nothing_is_lost import word_text
from tests.support.files.hostile_markdown import HOSTILE, LONG_WORDS, WIDE_TABLE, hostile_text
from tests.support.pdf_readers import text_of_pdf
from tests.support.references.dumps import odt_content
from tests.unit.intake.test_letter_file import picture

PICTURES = (Picture("chart.png", "image/png", picture((300, 200))),)
SEEN_ONLY = re.compile(r"!\[[^\]]*")
"""Descriptions of pictures: text in every form, and in a PDF for those who hear it."""
_WORDS = re.compile(r"k\d{3,5}", re.IGNORECASE)


def words(text: str) -> set[str]:
    return {word.upper() for word in _WORDS.findall(text)}


def printed(document: LetterDocument, folder: Path) -> dict[str, set[str]]:
    """Return the words that each form of a letter prints."""
    html = standalone_html(document).decode()
    (folder / "letter.pdf").write_bytes(render_letter_pdf(document).data)
    return {
        "ODT": words(odt_content(odt_file(document))),
        "page": words(re.sub(r"<(?!a |img )[^>]*>", "", html.partition("<body")[2])),
        "Word": words(word_text(document)),
        "PDF": words(text_of_pdf(folder / "letter.pdf")),
        "text": words(edition_text(document).decode()),
    }


def noted(markdown: str) -> set[str]:
    return words(" ".join((*map(str, markup_notes(markdown, ("chart.png",))), *map(str, footnote_errors(markdown)))))


def test_every_piece_is_printed_or_told(tmp_path: Path) -> None:
    markdown = hostile_text()
    listed = [one for each in (LONG_WORDS, *HOSTILE.values()) for one in [each]]
    assert len(listed) > 70
    forms = printed(LetterDocument(LetterText("Title", markdown, pictures=PICTURES)), tmp_path)
    numbered = markdown.split("\n\n<!-- -->\n\n")
    left_out = set().union(*map(noted, numbered))
    heard = words(" ".join(SEEN_ONLY.findall(markdown)))
    for form, found in forms.items():
        missing = words(markdown) - found - left_out - (heard if form == "PDF" else set())
        assert not missing, f"{form}: {sorted(missing)}"


@pytest.mark.parametrize("heading", ["# Title[^n] K101", "# Title[^n]", "# [Title](https://k102.example)"])
def test_a_heading_with_more_than_the_title_is_printed(tmp_path: Path, heading: str) -> None:
    markdown = f"{heading}\n\nK103\n\n" + ("[^n]: K104" if "[^" in heading else "")
    for form, found in printed(LetterDocument(LetterText("Title", markdown)), tmp_path).items():
        assert found == words(markdown), form


@pytest.mark.parametrize(
    ("markdown", "lost"),
    [
        ("```python K101\nK102\n```", {"K101"}),
        ("[K101](mailto:a@x.example?subject=K102)", {"K102"}),
        ("[K101](https://x.example/?utm_source=K102)", {"K102"}),
        ("K101\n\n[^a]: K102", set()),
    ],
)
def test_what_only_a_screen_shows_is_told(markdown: str, lost: set[str]) -> None:
    assert lost <= noted(markdown)


def test_an_unused_note_is_named() -> None:
    assert "[^a]" in footnote_errors("K101\n\n[^a]: K102")[0]


def test_a_table_too_wide_for_paper_is_told() -> None:
    assert "more columns than fit" in " ".join(render_letter_pdf(LetterDocument(LetterText("T", WIDE_TABLE))).warnings)


@pytest.mark.parametrize("layout", [2, 3])
def test_notes_of_notes_are_numbered_as_word_numbers_them(layout: int) -> None:
    markdown = "One[^a] two[^c] again[^c]\n\n[^a]: K101[^b]\n\n[^b]: K102[^a]\n\n[^c]: K103"
    written = word_text(LetterDocument(LetterText("T", markdown), layout=layout))
    assert ("K102" in written) == (layout > 2)
    assert written.index("K101") < written.index("K103")
