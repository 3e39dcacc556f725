"""Footnotes in the PDF: each on the page that calls it, and none missing."""

from pathlib import Path

import pikepdf
import pytest

from letterhub.domain.letters.letter_document import LetterDocument, LetterText
from letterhub.rendering.pdf.client import PdfRenderingFailed
from letterhub.rendering.pdf.letter_pdf import render_letter_pdf
from tests.integration.rendering.test_text_on_paper import printed
from tests.support.pdf_readers import words_of_pdf

SENTENCE = (
    "The undersigned agree with a sentence that fills about two lines of a page, more or less, and then some more of it still. "
)


@pytest.mark.parametrize("lengths", [(1, 6, 9, 13), (2, 7, 3), (9, 9, 1), (14, 2)])
@pytest.mark.parametrize("block", ["{}", "- {}", "## Heading\n\n{}", "> {}"])
def test_each_note_stands_on_the_page_that_calls_it(tmp_path: Path, lengths: tuple[int, ...], block: str) -> None:
    text = "\n\n".join(block.format(f"{SENTENCE * 3} call{at} [^{at}]") for at in range(16))
    notes = "\n\n".join(f"[^{at}]: foot{at} {SENTENCE * lengths[at % len(lengths)]}" for at in range(16))
    pages = {word.text: word.page for word in words_of_pdf(printed(tmp_path, f"{text}\n\n{notes}", closing="Yours,"))}
    assert [at for at in range(16) if pages[f"call{at}"] != pages.get(f"foot{at}")] == []


def test_a_note_in_the_head_of_a_table_sends_no_row_to_another_page(tmp_path: Path) -> None:
    rows = "".join(f"| row{at} | b |\n" for at in range(40))
    pages = {}
    for head in ("A", "A[^1]"):
        path = printed(tmp_path, f"| {head} | B |\n|--|--|\n{rows}\n\n[^1]: {'Foot' if '1' in head else ''}\n")
        pages[head] = {word.text: word.page for word in words_of_pdf(path)}
    assert pages["A[^1]"]["row20"] == pages["A"]["row20"]
    assert pages["A[^1]"]["row39"] == pages["A"]["row39"] == pages["A"]["row20"] + 1


@pytest.mark.parametrize(("body", "notes"), [("A[^1]\n\n[^1]: One.", 1), ("A[^1] b[^2]\n\n[^1]: One.\n\n[^2]: Two.", 2)])
def test_each_note_is_found_by_its_id(tmp_path: Path, body: str, notes: int) -> None:
    with pikepdf.open(printed(tmp_path, body)) as pdf:
        found = list(pdf.Root.StructTreeRoot.IDTree.Names)
    assert len(found) == 2 * notes


def test_a_letter_without_notes_has_no_ids_of_notes(tmp_path: Path) -> None:
    with pikepdf.open(printed(tmp_path, "We write.")) as pdf:
        assert "/IDTree" not in pdf.Root.StructTreeRoot


def test_a_note_that_no_page_has_room_for_is_refused_and_not_left_out() -> None:
    body = "We write.[^1]\n\n[^1]: " + "word " * 900
    with pytest.raises(PdfRenderingFailed, match="A note is too long for the foot of a page"):
        render_letter_pdf(LetterDocument(LetterText("T", body)))
