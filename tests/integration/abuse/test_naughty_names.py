"""Naughty strings as names of organizations and people: each is printed and can be copied out, or reported with the reason.

A name is compared with the output of `pdftotext -raw` by its letters in NFC, in order, without spaces and invisible
characters (controls, direction marks, joiners); a letter that no font has is `[?]`. pdftotext reorders right-to-left
letters: such a name is compared exactly, in NFC, with the text of the PDF's structure.
"""

import json
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pikepdf
import pytest

from letterhub.domain.letters.letter_document import LetterDocument, LetterText, Signatory, SignatoryOrder
from letterhub.domain.line_validation import line_error, normalize_line
from letterhub.rendering.letter.html import standalone_html
from letterhub.rendering.pdf.fonts import without_invisible_characters
from letterhub.rendering.pdf.letter_pdf import render_letter_pdf
from letterhub.rendering.pdf.typesetting.fonts import uncovered_characters
from letterhub.rendering.pdf.typesetting.line_breaking import has_rtl
from letterhub.rendering.tables.csv_export import csv_table
from tests.support.missing import SHARED
from tests.support.pdf_readers import names_in_html, parts_out_of_order, qpdf_errors, text_of_pdf

LIST = SHARED / "naughty" / "blns.json"
_MARGINS = r"^(Naughty names|Page \d+ of \d+)$"  # lines between those of a name that is longer than a page
needs_list = pytest.mark.needs_shared("naughty/blns.json")

INVENTED = (
    "Example\x00Control\x1b[31m Fund",
    "Turned \u202eesrever\u202c back",
    "Apart \u2067late\u2069 again",
    "Z\u0338\u0321\u0322\u031b\u0353\u0357a\u0336\u031b\u0320\u031el\u0335\u0353\u0348\u0301g\u0336\u0331o\u0337\u031f\u035d",
    " ".join(["Wordy"] * 500),
    "x" * 500,
    "\u3000\u2003",
    "Private \ue000 Use",
    "Family 👩‍👩‍👧‍👦 of 🇺🇸 and 🏴‍☠️ 1️⃣",
    "ภาษาไทยตัวอย่างองค์กร",
    "សន្តិភាព ឧទាហរណ៍",
    "မြန်မာ ငြိမ်းချမ်းရေး",
    "བོད་ཡིག་གི་དཔེ།",
    "ᠮᠣᠩᠭᠣᠯ ᠪᠢᠴᠢᠭ",
    "اَلسَّلَامُ عَلَيْكُمْ الأمثلة لإنسان",
    "מִכְתָּב לְדֻגְמָה",
    "㍿㌀ ﾊﾝｶｸ 豈 ① ﬁ",
    "A\u0301\u0327 decomposed e\u0301",
    "שלום (ABC) 12%",
    "العربية (ABC) ١٢٣ 45",
    "Soft\u00adhyphen and zero\u200bwidth",
    "\ufeffMarked at its head",
    "हिन्दी क्षत्रिय श्री",
    "日本語「括弧」。",
    "조선글 한글",
)


def accepted_names() -> list[str]:
    """Return the list's strings that the form accepts as a name."""
    given = [normalize_line(text) for text in json.loads(LIST.read_text(encoding="utf-8"))]
    return [name for name in given if name and not line_error(name)]


def visible_letters(text: str) -> str:
    """Return the visible letters of a text, as described above."""
    return "".join(one for one in unicodedata.normalize("NFC", text) if unicodedata.category(one)[0] not in "ZC")


def printed_letters(name: str) -> str:
    """Return the letters of a name as printed, with `[?]` for each that no font has."""
    wanting = set(uncovered_characters(without_invisible_characters(name)))
    return visible_letters("".join("[?]" if letter in wanting else letter for letter in without_invisible_characters(name)))


def render_names(names: list[str], folder: Path, *, people: bool) -> tuple[LetterDocument, Path]:
    signatories = tuple(Signatory("Example", name) if people else Signatory(name) for name in names)
    document = LetterDocument(LetterText("Naughty names", "Text", order=SignatoryOrder.AS_GIVEN), signatories)
    paper = folder / "names.pdf"
    made = render_letter_pdf(document)
    paper.write_bytes(made.data)
    warnings = " ".join(made.warnings)
    assert [
        name
        for name in names
        for letter in uncovered_characters(without_invisible_characters(name))
        if f"U+{ord(letter):04X}" not in warnings
    ] == []
    return document, paper


def assert_names_come_back(names: list[str], paper: Path) -> None:
    assert qpdf_errors(paper) == ""
    read = re.sub(_MARGINS, "", text_of_pdf(paper, as_drawn=True), flags=re.MULTILINE)
    assert parts_out_of_order(visible_letters(read), [printed_letters(name) for name in names if not has_rtl(name)]) == []
    with pikepdf.open(paper) as opened:
        actual_texts = {
            unicodedata.normalize("NFC", str(one.ActualText))
            for one in opened.objects
            if isinstance(one, pikepdf.Dictionary) and "/S" in one and "/ActualText" in one
        }
    rtl_names = [name for name in map(without_invisible_characters, names) if has_rtl(name)]
    assert [name for name in rtl_names if unicodedata.normalize("NFC", name) not in actual_texts] == []


@pytest.mark.parametrize("people", [False, True], ids=["organizations", "people"])
def test_invented_naughty_names_are_drawn_or_named(people: bool, tmp_path: Path) -> None:
    _, paper = render_names(list(INVENTED), tmp_path, people=people)
    assert_names_come_back(list(INVENTED), paper)


@pytest.mark.shows("S17")
@needs_list
@pytest.mark.parametrize("people", [False, True], ids=["organizations", "people"])
def test_the_naughty_list_is_drawn_or_named(people: bool, tmp_path: Path) -> None:
    names = accepted_names()
    assert len(names) > 430
    document, paper = render_names(names, tmp_path, people=people)
    assert_names_come_back(names, paper)
    assert csv_table(document).count(b"\r\n") == 1 + len(names)


@needs_list
def test_the_naughty_list_stands_on_the_page() -> None:
    names = accepted_names()
    document = LetterDocument(LetterText("Naughty names", "Text"), tuple(map(Signatory, names)))
    assert names_in_html(standalone_html(document)) == Counter(" ".join(name.split()) for name in names)


def test_a_name_that_is_half_a_character_is_named_and_stops_nothing(tmp_path: Path) -> None:
    made = render_letter_pdf(LetterDocument(LetterText("T", "Text"), (Signatory("Lone \ud800 half"), Signatory("Other"))))
    assert ["U+D800" in warning for warning in made.warnings] == [True]
