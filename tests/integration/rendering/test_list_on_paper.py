"""PDF and page have the same names in the same order, for every order and style; a worker's memory stays bounded."""

import itertools
import subprocess
import sys
from pathlib import Path

import pytest

from letterhub.domain.letters.letter_document import (
    LetterDocument,
    LetterText,
    Signatory,
    SignatoryKind,
    SignatoryOrder,
    SignatoryStyle,
)
from letterhub.domain.letters.signatory_order import build_document
from letterhub.rendering.letter.html import standalone_html
from letterhub.rendering.pdf.letter_pdf import render_letter_pdf
from tests.support.pdf_readers import parts_out_of_order, signatory_list_in_html, text_of_pdf, without_spaces

NAMES = (
    "The Arc of Example",
    "3D Rivers",
    "eBay Example",
    "Łódź Rivers",
    "Παράδειγμα",
    "Общество «Чистая река»",
    "नदी उदाहरण",
    "Alliance for the Waters of Mill Street and All the Lakes Around It (AWMSALAI)",
    "Zebra",
)
SIGNED = [
    Signatory(
        f"{name} {chr(65 + number)}",
        f"Nia Example {chr(65 + number)}",
        "Director",
        ("Springfield, IL", "Portland, OR", "")[number % 3],
        (SignatoryKind.ORGANIZATION, SignatoryKind.INDIVIDUAL)[number % 5 == 4],
        section=("national", "state", "")[number % 3],
        lead=number == 6,
    )
    for number in range(12)
    for name in NAMES
]


def document(order: SignatoryOrder, shown: SignatoryStyle) -> LetterDocument:
    return build_document(LetterText("Clean Rivers", "We write.", order=order, shown=shown), SIGNED)


@pytest.mark.parametrize(("order", "shown"), list(itertools.product(SignatoryOrder, SignatoryStyle)), ids=lambda one: one.value)
def test_paper_and_page_hold_the_same_names_in_the_same_order(
    order: SignatoryOrder, shown: SignatoryStyle, tmp_path: Path
) -> None:
    letter = document(order, shown)
    paper = tmp_path / "letter.pdf"
    paper.write_bytes(render_letter_pdf(letter).data)
    listed = signatory_list_in_html(standalone_html(letter))
    assert len([text for text in listed if text]) >= len(SIGNED)
    assert parts_out_of_order(without_spaces(text_of_pdf(paper, as_drawn=True)), map(without_spaces, listed)) == []


GROWTH = """
import resource
from tests.integration.rendering.test_list_on_paper import document
from letterhub.domain.letters.letter_document import SignatoryOrder, SignatoryStyle
from letterhub.rendering.pdf.letter_pdf import render_letter_pdf
letter = document(SignatoryOrder.SECTIONS, SignatoryStyle.LOCATION)
def most():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for _ in range(5):
    render_letter_pdf(letter)
few = most()
for _ in range(25):
    render_letter_pdf(letter)
print(most() / few)
"""


def test_a_worker_does_not_grow_by_the_letters_that_it_sets() -> None:
    assert float(subprocess.check_output([sys.executable, "-c", GROWTH], text=True)) < 1.05
