"""Word files: the running head stands on one line, and the logos of the letterhead in one row."""

import io
from dataclasses import replace

import docx
import pytest

from letterhub.domain.letters.letter_document import Addressee, LetterDocument, Letterhead, LetterText, Logo
from letterhub.rendering.docx.file import docx_file
from letterhub.rendering.letter.running_heads import estimated_width
from letterhub.rendering.office.letter import text_width
from tests.unit.intake.test_letter_file import picture

SUBJECT = "Full funding of the Safe Water State Revolving Funds, and protections for small systems"
LETTER = LetterDocument(LetterText("T", "B", re=SUBJECT, addressees=(Addressee("The Honorable Jane Example of the House"),)))


@pytest.mark.parametrize("margins", ["1in", "1.25in", "1.5in"])
def test_a_long_subject_leaves_the_running_head_on_one_line(margins: str) -> None:
    made = replace(LETTER, text=replace(LETTER.text, margins=margins, date_words="November 30, 2026"))
    head = docx.Document(io.BytesIO(docx_file(made))).sections[0].header.paragraphs[0]
    assert head.text.startswith("Full funding")
    assert head.text.endswith(" · November 30, 2026")
    assert estimated_width(head.text) * head.style.font.size <= text_width(made)


@pytest.mark.parametrize("size", [(60, 40), (600, 200), (20, 60)])
def test_the_logos_of_the_letterhead_stand_in_one_row(size: tuple[int, int]) -> None:
    logos = tuple(Logo("image/png", picture(size), f"Logo {number}") for number in range(6))
    made = replace(LETTER, text=replace(LETTER.text, letterhead=Letterhead("Coalition", logo=logos[0], more_logos=logos[1:])))
    drawn = docx.Document(io.BytesIO(docx_file(made))).inline_shapes
    assert len(drawn) == 6
    assert sum(one.width for one in drawn) < text_width(made)
    assert {one.height for one in drawn} == {drawn[0].height}
    assert all(one._inline.get("distL") == "0" for one in drawn)
