"""PDF and page have the same names in the same order, for every order and style; a worker's memory stays bounded."""

import itertools
import subprocess
import sys
from pathlib import Path

import pytest

from letterhub.domain.letters.document import Kind, LetterDocument, LetterText, Order, Shown, Signatory, arranged
from letterhub.rendering.letter.html import standalone_html
from letterhub.rendering.pdf.letter_pdf import pdf
from tests.support.pdf_readers import list_in_html, not_in_order, squeezed, text_of_pdf

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
        f"{name} {chr(65 + turn)}",
        f"Nia Example {chr(65 + turn)}",
        "Director",
        ("Springfield, IL", "Portland, OR", "")[turn % 3],
        (Kind.ORGANIZATION, Kind.INDIVIDUAL)[turn % 5 == 4],
        section=("national", "state", "")[turn % 3],
        lead=turn == 6,
    )
    for turn in range(12)
    for name in NAMES
]


def document(order: Order, shown: Shown) -> LetterDocument:
    return arranged(LetterText("Clean Rivers", "We write.", order=order, shown=shown), SIGNED)


@pytest.mark.parametrize(("order", "shown"), list(itertools.product(Order, Shown)), ids=lambda one: one.value)
def test_paper_and_page_hold_the_same_names_in_the_same_order(order: Order, shown: Shown, tmp_path: Path) -> None:
    letter = document(order, shown)
    paper = tmp_path / "letter.pdf"
    paper.write_bytes(pdf(letter).data)
    listed = list_in_html(standalone_html(letter))
    assert len([said for said in listed if said]) >= len(SIGNED)
    assert not_in_order(squeezed(text_of_pdf(paper, as_drawn=True)), map(squeezed, listed)) == []


GROWTH = """
import resource
from tests.integration.rendering.test_list_on_paper import document
from letterhub.domain.letters.document import Order, Shown
from letterhub.rendering.pdf.letter_pdf import pdf
letter = document(Order.SECTIONS, Shown.LOCATION)
def most():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for _ in range(5):
    pdf(letter)
few = most()
for _ in range(25):
    pdf(letter)
print(most() / few)
"""


def test_a_worker_does_not_grow_by_the_letters_that_it_sets() -> None:
    assert float(subprocess.check_output([sys.executable, "-c", GROWTH], text=True)) < 1.05
