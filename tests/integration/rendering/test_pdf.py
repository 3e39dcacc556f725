"""PDF renderer: its output, its errors, and that it opens no file but our own."""

import datetime as dt
import hashlib
import subprocess
import sys
import time
from pathlib import Path

import pikepdf
import pytest

from letterhub.domain.letters.letter_document import (
    Addressee,
    EditionInfo,
    LetterDocument,
    Letterhead,
    LetterText,
    PaperSize,
    Signatory,
    SignatoryOrder,
)
from letterhub.domain.letters.signatory_order import build_document
from letterhub.intake.images import read_logo
from letterhub.rendering.pdf.client import Limits, PdfRenderingFailed
from letterhub.rendering.pdf.fonts import script_coverage
from letterhub.rendering.pdf.letter_pdf import render_letter_pdf
from tests.support.pdf_readers import attachments_of_pdf, fonts_of_pdf, pdf_info, qpdf_errors, text_of_pdf, without_spaces
from tests.unit.intake.test_letter_file import picture

US = {"alter-", "alterna-"}
SCRIPTS = {
    "Latin": "Łódź Rivers",
    "Greek": "Παράδειγμα Ποταμών",
    "Cyrillic": "Общество «Чистая река»",
    "Hebrew": "עמותת הנחלים",
    "Arabic": "مركز المثال لحقوق الأنهار",
    "Devanagari": "नदी उदाहरण",
    "Armenian": "Օրինակ գետեր",
    "Georgian": "მაგალითი",
}
BODY = (
    """We, the {{count}} undersigned[^1], write as [the report](https://rivers.example/report) says.

## What is at stake

"""
    + "Headwaters feed the drinking water of one in three people. " * 90
    + "\n\n[^1]: A note at the foot.\n"
)


def document(**parts: object) -> LetterDocument:
    text = LetterText(
        title="Clean Rivers",
        body=BODY,
        date=dt.date(2026, 1, 7),
        addressees=(Addressee("The President", ("The White House",)),),
        closing="Respectfully,",
        letterhead=Letterhead("Coalition", ("12 Mill Street",), read_logo(picture(), "logo.png", "Logo of the Coalition")),
        **parts,  # type: ignore[arg-type]
    )
    return build_document(text, [Signatory(organization=name) for name in SCRIPTS.values()])


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Render the letter to a PDF."""
    path = tmp_path_factory.mktemp("paper") / "letter.pdf"
    made = render_letter_pdf(document(language="en-US"))
    assert made.warnings == ()
    path.write_bytes(made.data)
    return path


def test_a_letter_is_a_sound_tagged_file_with_language_title_and_fonts(paper: Path) -> None:
    assert qpdf_errors(paper) == ""
    facts = pdf_info(paper)
    assert (facts["Tagged"], facts["Title"], facts["Author"]) == ("yes", "Clean Rivers", "Coalition")
    assert facts["Page size"] == "612 x 792 pts (letter)"
    assert all(line.split()[-5] == "yes" for line in fonts_of_pdf(paper))
    with pikepdf.open(paper) as opened:
        assert str(opened.Root.Lang) == "en-US"
        assert opened.open_metadata()["pdfuaid:part"] == "1"


def test_later_pages_say_what_they_belong_to(paper: Path) -> None:
    first, second, *_ = text_of_pdf(paper).split("\f")
    running = "Clean Rivers · The President · January 7, 2026"
    pages = pdf_info(paper)["Pages"]
    assert running not in first
    assert running in second
    assert f"Page 1 of {pages}" in first
    assert f"Page 2 of {pages}" in second


def test_notes_and_addresses_stand_at_the_foot_of_their_page(paper: Path) -> None:
    first = text_of_pdf(paper).split("\f")[0]
    assert first.index("A note at the foot.") > first.index("What is at stake")
    assert first.index("rivers.example/report") > first.index("What is at stake")


def test_names_in_all_shipped_scripts_can_be_copied_out(paper: Path) -> None:
    text = without_spaces(text_of_pdf(paper))
    assert [script for script, name in SCRIPTS.items() if without_spaces(name) not in text] == []
    assert all(script_coverage()[script] for script in SCRIPTS)


def test_a_logo_says_what_it_shows(paper: Path) -> None:
    with pikepdf.open(paper) as opened:
        alt_texts = [str(item.Alt) for item in opened.objects if isinstance(item, pikepdf.Dictionary) and "/Alt" in item]
    assert alt_texts == ["Logo of the Coalition"]


def test_a_letter_can_be_on_a4_and_name_its_edition(tmp_path: Path) -> None:
    edition = EditionInfo(3, "k7f3-9qx2", dt.datetime(2026, 1, 9, tzinfo=dt.UTC))
    path = tmp_path / "letter.pdf"
    path.write_bytes(render_letter_pdf(LetterDocument(LetterText("T", "Text", paper=PaperSize.A4), edition=edition)).data)
    assert "A4" in pdf_info(path)["Page size"]
    assert "Edition 3 · k7f3-9qx2 · as of January 9, 2026" in text_of_pdf(path)


def test_progress_rises_to_the_end() -> None:
    heard: list[float] = []
    render_letter_pdf(document(), heard.append)
    assert heard == sorted(heard)
    assert 0 <= heard[0] < heard[-1] <= 1


FINGERPRINT = """
import datetime, hashlib
from tests.integration.rendering.test_pdf import document
from letterhub.rendering.pdf.letter_pdf import render_letter_pdf
from letterhub.rendering.letter.html import standalone_html
from letterhub.rendering.tables.csv_export import csv_table
files = render_letter_pdf(document()).data, standalone_html(document()), csv_table(document())
print(*(hashlib.sha256(data).hexdigest() for data in files))
"""


@pytest.mark.shows("R6")
def test_the_same_letter_is_the_same_bytes_in_another_process() -> None:
    outputs = [subprocess.check_output([sys.executable, "-c", FINGERPRINT], text=True) for _ in range(2)]
    assert outputs[0] == outputs[1]
    assert outputs[0].split()[0] == hashlib.sha256(render_letter_pdf(document()).data).hexdigest()


def test_a_character_that_no_font_draws_is_named_and_not_printed_as_a_box(tmp_path: Path) -> None:
    unassigned = "\U0003fffd"
    made = render_letter_pdf(
        LetterDocument(LetterText("T", "Text"), (Signatory(organization=f"Example {unassigned}"), Signatory("Other")))
    )
    assert made.warnings == (f"“Example {unassigned}” contains U+3FFFD, which our fonts can’t draw; it prints as [?].",)
    path = tmp_path / "letter.pdf"
    path.write_bytes(made.data)
    assert "Example [?]" in text_of_pdf(path)


@pytest.mark.shows("S2")
@pytest.mark.parametrize(
    ("limits", "sentence", "seconds"),
    [
        (Limits(cpu_seconds=1), "took longer", 1),
        (Limits(wall_seconds=1), "took longer", 1),
        (Limits(memory_bytes=140 * 2**20), "more memory", 120),
    ],
    ids=["processor", "clock", "memory"],
)
def test_a_letter_that_takes_too_much_is_ended_with_a_reason(limits: Limits, sentence: str, seconds: float) -> None:
    text = LetterText("T", "A paragraph that goes on, and on.\n\n" * 2000)
    started, used = time.monotonic(), time.process_time()
    with pytest.raises(PdfRenderingFailed, match=sentence):
        render_letter_pdf(LetterDocument(text), limits=limits)
    assert time.process_time() - used < 5
    assert time.monotonic() - started < seconds + 60  # other tests keep the machine busy


@pytest.mark.shows("S2")
def test_after_a_bomb_the_next_letter_is_set() -> None:
    with pytest.raises(PdfRenderingFailed):
        render_letter_pdf(document(), limits=Limits(wall_seconds=0.01))
    assert render_letter_pdf(document()).data.startswith(b"%PDF-")


def test_whoever_stops_listening_stops_the_press() -> None:
    class Enough(Exception):
        pass

    def hear(share: float) -> None:
        raise Enough

    with pytest.raises(Enough):
        render_letter_pdf(document(order=SignatoryOrder.AS_GIVEN), hear)


@pytest.mark.shows("S1")
def test_nothing_is_attached(paper: Path) -> None:
    assert attachments_of_pdf(paper) == []


@pytest.mark.parametrize(("language", "ends"), [("en", US), ("en-US", US), ("en-GB", {"altern-", "alternat-"})])
def test_english_is_hyphenated_as_americans_do_unless_a_letter_says_otherwise(
    tmp_path: Path, language: str, ends: set[str]
) -> None:
    body = "\n\n".join("m" * width + " alternative" * 25 for width in range(1, 30))
    (tmp_path / "out.pdf").write_bytes(render_letter_pdf(LetterDocument(LetterText("Rivers", body, language=language))).data)
    lines = text_of_pdf(tmp_path / "out.pdf", as_drawn=True).splitlines()
    assert {line.split()[-1] for line in lines if line.endswith("-")} == ends
