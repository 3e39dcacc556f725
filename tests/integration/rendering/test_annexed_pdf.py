"""A PDF that is annexed to a letter is printed in every form: a picture of each page, with its text as what stands for it."""

from pathlib import Path

import pikepdf
import pytest
from docx import Document
from pikepdf import Encryption

from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.letters.letter_document import LetterDocument, Signatory
from letterhub.domain.letters.signatory_order import build_document
from letterhub.intake.errors import FileRefused
from letterhub.intake.letters.letter_file import read_letter
from letterhub.intake.pdf import annex
from letterhub.rendering.files import render_document
from tests.conformance.verapdf import violated_rules
from tests.support.files.tampered_pdfs import edited, pdf_of, text_instructions

PAGES = ("Rivers of the north", "Rivers of the south", "")
HEAD = "---\ntitle: T\nannexes:\n  - title: Report\n    file: report.pdf\n---\nWe, the {{count}}, write.\n"


@pytest.fixture
def document(tmp_path: Path) -> LetterDocument:
    """A letter with a PDF of three pages."""
    (tmp_path / "report.pdf").write_bytes(pdf_of(*map(text_instructions, PAGES)))
    text, notes = read_letter(HEAD.encode(), "letter.md", tmp_path)
    assert notes == ()
    return build_document(text, (Signatory("Example Alliance"),))


def test_each_page_is_a_figure_on_a_page_of_its_own(document: LetterDocument, tmp_path: Path) -> None:
    file = tmp_path / "letter.pdf"
    file.write_bytes(render_document(FileFormat.PDF, document).content)
    with pikepdf.open(file) as pdf:
        elements = [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and one.get("/S") == "/Figure"]
        descriptions = [str(one.Alt) for one in elements]
        assert len(pdf.pages) == 1 + len(PAGES)
    assert descriptions == ["Report, 1/3: Rivers of the north", "Report, 2/3: Rivers of the south", "Report, 3/3"]
    assert violated_rules([file]) == {("letter.pdf", "ua1"): [], ("letter.pdf", "3a"): []}


def test_word_page_and_text_have_each_page_too(document: LetterDocument, tmp_path: Path) -> None:
    (tmp_path / "letter.docx").write_bytes(render_document(FileFormat.DOCX, document).content)
    pictures = Document(str(tmp_path / "letter.docx")).element.body.iter("{*}docPr")
    assert [one.get("descr") for one in pictures][-3:] == [
        "Report, 1/3: Rivers of the north", "Report, 2/3: Rivers of the south", "Report, 3/3",
    ]  # fmt: skip
    page = render_document(FileFormat.HTML, document).content.decode()
    assert page.count(' alt="Report, ') == len(PAGES)
    assert "Rivers of the south" in render_document(FileFormat.TXT, document).content.decode()


@pytest.mark.parametrize(
    ("pdf", "sentence"),
    [
        (pdf_of(*[b""] * 13), "report.pdf: this PDF has more than 12 pages."),
        (b"%PDF-1.7 cut off", "report.pdf: this PDF can’t be opened: it is damaged, or has a password."),
        (edited(pdf_of(b""), encryption=Encryption(user="open", owner="o")), "report.pdf: this PDF can’t be opened"),
        (b"%PDF-" + b" " * 2**21, "report.pdf: the file is larger than 2 MB."),
    ],
)
def test_a_pdf_that_cannot_be_annexed_is_refused(tmp_path: Path, pdf: bytes, sentence: str) -> None:
    (tmp_path / "report.pdf").write_bytes(pdf)
    with pytest.raises(FileRefused) as refused:
        read_letter(HEAD.encode(), "letter.md", tmp_path)
    assert sentence in str(refused.value)


def test_pages_that_are_heavy_together_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(annex, "MAX_TOTAL_BYTES", 1_000)
    with pytest.raises(FileRefused, match="larger than 4 MB together"):
        annex.read_pdf_annex(pdf_of(text_instructions("Rivers")), "a.pdf")


def test_what_a_worker_gives_for_a_picture_is_checked() -> None:
    page = annex.read_pdf_annex(pdf_of(b""), "a.pdf")[0]
    assert annex.is_picture(page.media_type, page.data)
    for data in (b"<svg/>", page.data[:40], page.data + b"<script>"):
        assert not annex.is_picture(page.media_type, data)
    assert not annex.is_picture("image/svg+xml", page.data)
