"""Every theme in the PDF: positions, paper sizes and typefaces; and the text can be copied out unchanged."""

import datetime as dt
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from letterhub.domain.letters.letter_document import Addressee, Letterhead, LetterText, PaperSize, Signatory, Theme, Typeface
from letterhub.domain.letters.signatory_order import build_document
from letterhub.intake.images import read_logo
from letterhub.rendering.pdf.letter_pdf import render_letter_pdf
from tests.support.pdf_readers import fonts_of_pdf, require_program, text_of_pdf
from tests.unit.intake.test_letter_file import picture

TEXT = LetterText(
    title="Clean rivers",
    body="We, the {{count}} undersigned, wrote in 1972[^1] and write again.\n\n> “Nobody was warned.”\n\n" + "Words. " * 600
    + "\n\n[^1]: Rivers Act of 1972.\n",
    date=dt.date(2026, 1, 8),
    via="Via electronic mail",
    addressees=(
        Addressee("The President", ("The White House", "1600 Pennsylvania Avenue NW", "Washington, DC 20500")),
        Addressee("The Secretary", ("Department of Rivers",)),
    ),
    re="Clean rivers",
    salutation="Dear Mr. President:",
    closing="Respectfully,",
    letterhead=Letterhead("Coalition for Rivers", ("12 River Street", "Dover, DE 19901")),
)  # fmt: skip
NAMES = tuple(Signatory(f"Example Alliance {number}", "Nia Example", "Director") for number in range(90))
INCH = 72


def printed(text: LetterText, path: Path) -> Path:
    """Return the letter as a PDF."""
    path.write_bytes(render_letter_pdf(build_document(text, NAMES)).data)
    return path


def places(path: Path, page: int = 1) -> dict[str, tuple[float, float]]:
    """Return the positions of words on a page: for each, its first left edge and top, in points."""
    command = [require_program("pdftotext", "poppler-utils"), "-bbox", "-f", str(page), "-l", str(page), str(path), "-"]
    found = re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)"[^>]*>([^<]+)<', subprocess.check_output(command, text=True))
    return {word: (float(left), float(top)) for left, top, word in reversed(found)}


@pytest.mark.parametrize("theme", Theme)
@pytest.mark.parametrize(("paper", "size"), [(PaperSize.LETTER, (612, 792)), (PaperSize.A4, (595, 842))])
def test_every_page_of_a_letter_is_on_its_paper(theme: Theme, paper: PaperSize, size: tuple[int, int], tmp_path: Path) -> None:
    with pikepdf.open(printed(replace(TEXT, theme=theme, paper=paper), tmp_path / "a.pdf")) as made:
        sizes = {tuple(round(float(edge)) for edge in page.mediabox[2:]) for page in made.pages}
        assert (sizes, len(made.pages) > 3) == ({size}, True)


@pytest.mark.parametrize("theme", Theme)
def test_small_caps_and_superior_figures_are_read_as_they_were_written(theme: Theme, tmp_path: Path) -> None:
    words = " ".join(text_of_pdf(printed(replace(TEXT, theme=theme), tmp_path / "a.pdf")).split())
    assert "Coalition for Rivers" in words
    assert "wrote in 19721 and write again." in words
    assert "1 Rivers Act of 1972." in words


@pytest.mark.parametrize(
    ("theme", "face", "text_face"),
    [
        (Theme.CLASSIC, Typeface.THEME, "SourceSerif4"),
        (Theme.MODERN, Typeface.THEME, "SourceSans3"),
        (Theme.MODERN, Typeface.SERIF, "SourceSerif4"),
        (Theme.PLAIN, Typeface.SANS, "SourceSans3"),
    ],
)
def test_letter_and_names_are_set_in_the_face_that_was_chosen(
    theme: Theme, face: Typeface, text_face: str, tmp_path: Path
) -> None:
    made = printed(replace(TEXT, theme=theme, face=face), tmp_path / "a.pdf")
    fonts = " ".join(fonts_of_pdf(made)).replace("-", "")
    assert text_face in fonts
    assert (text_face == "SourceSerif4") == ("Serif" in fonts)


@pytest.mark.parametrize("theme", Theme)
@pytest.mark.parametrize("paper", PaperSize)
@pytest.mark.parametrize("logo", [(400, 400), (1600, 200)], ids=["square", "banner"])
def test_the_first_addressee_and_nothing_else_shows_in_the_window_of_an_envelope(
    theme: Theme, paper: PaperSize, logo: tuple[int, int], tmp_path: Path
) -> None:
    head = replace(TEXT.letterhead, logo=read_logo(picture(logo), "logo.png", "Logo"))
    made = printed(replace(TEXT, theme=theme, paper=paper, letterhead=head, window=True), tmp_path / "a.pdf")
    shown = {
        word for word, (left, top) in places(made).items() if 7 / 8 * INCH < left < 4.3 * INCH and 2.1 * INCH < top < 3.1 * INCH
    }
    assert shown == set("President White House 1600 Pennsylvania Avenue NW Washington, DC 20500 The".split())


def test_without_an_envelope_the_page_is_as_it_was(tmp_path: Path) -> None:
    plain = places(printed(TEXT, tmp_path / "a.pdf"))
    window = places(printed(replace(TEXT, window=True), tmp_path / "b.pdf"))
    assert plain["January"][1] < plain["President"][1]
    assert window["January"][0] > 4.3 * INCH > plain["January"][0]
