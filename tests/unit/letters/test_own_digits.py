"""A letter's own numbers are in the digits of its language since layout 4; what it quotes, names or hashes stays as it is."""

import datetime as dt
import io
import re
import zipfile
from pathlib import Path

import docx
import pytest

from letterhub.domain.digits import digits_of
from letterhub.domain.letters.letter_document import (
    Addressee,
    EditionInfo,
    LetterDocument,
    LetterText,
    Signatory,
)
from letterhub.domain.letters.signatory_order import build_document
from letterhub.rendering.docx.file import docx_file
from letterhub.rendering.letter.html import standalone_html
from letterhub.rendering.letter.view import letter_view
from letterhub.rendering.odt.file import odt_file
from letterhub.rendering.pdf.letter_pdf import render_letter_pdf
from letterhub.rendering.text.text_export import edition_text
from tests.support.pdf_readers import text_of_pdf

BODY = """ما {{count}} نفر[^a] در 1403، {{count_in_words}}.

1. نخست
2. دوم

3) سوم

[^a]: یادداشت
"""
EDITION = EditionInfo(
    2, "7KQ2-M3TX-9RWB", dt.datetime(2026, 1, 9, 12, tzinfo=dt.UTC), "https://rivers.example/editions/7KQ2-M3TX-9RWB"
)


def letter(language: str = "fa", layout: int = 4) -> LetterDocument:
    text = LetterText(
        "رودخانه",
        BODY,
        date=dt.date(2026, 1, 9),
        language=language,
        addressees=(Addressee("الف"), Addressee("ب"), Addressee("پ")),
    )
    signed = [Signatory(f"انجمن {number}") for number in range(1200)]
    return build_document(text, signed, edition=EDITION, layout=layout)


@pytest.mark.parametrize(
    ("language", "system"),
    [
        ("fa", "arabext"), ("fa-AF", "arabext"), ("ps", "arabext"), ("ur", "latn"), ("ur-IN", "arabext"), ("ar", "latn"),
        ("ar-EG", "arab"), ("ar-SA", "arab"), ("ar-MA", "latn"), ("ar-AE", "latn"), ("ckb", "arab"), ("bn", "beng"),
        ("bn-IN", "beng"), ("as", "beng"), ("hi", "latn"), ("mr", "deva"), ("ne", "deva"), ("my", "mymr"), ("th", "latn"),
        ("km", "latn"), ("ta", "latn"), ("en", "latn"), ("zh", "latn"), ("dz", "latn"), ("xx", "latn"), ("", "latn"),
    ],
)  # fmt: skip
def test_each_language_has_the_digits_that_cldr_gives_it(language: str, system: str) -> None:
    assert digits_of(language, 4) == system
    assert digits_of(language, 3) == "latn"


def test_the_text_form_has_its_own_numbers_in_the_digits_of_the_language() -> None:
    written = edition_text(letter()).decode()
    for phrase in (
        "۹ ژانویهٔ ۲۰۲۶", "ما ۱٬۲۰۰ نفر[۱] در 1403، ۱٬۲۰۰.", "۱. نخست", "۲. دوم", "۳) سوم", "[۱] یادداشت", "۱٬۲۰۰ امضاکننده",
        "ویرایش ۲ · 7KQ2-M3TX-9RWB", "انجمن 1199", "https://rivers.example/editions/7KQ2-M3TX-9RWB",
    ):  # fmt: skip
        assert phrase in written
    assert "۲ گیرندهٔ دیگر" in letter_view(letter()).running


def test_an_edition_of_layout_3_keeps_its_digits() -> None:
    written = edition_text(letter(layout=3)).decode()
    for phrase in ("9 ژانویهٔ 2026", "ما 1٬200 نفر[1]", "1. نخست", "[1] یادداشت", "ویرایش 2 · "):
        assert phrase.replace("٬", ",") in written
    assert not set(written) & set("۰۱۲۳۴۵۶۷۸۹")


def test_html_numbers_lists_notes_and_printed_pages_in_the_digits_of_the_language() -> None:
    page = standalone_html(letter()).decode()
    for markup in (
        '<ol class="labels-arabext">', '<ol class="labels-arabext-paren" start="3">', '>۱</a></sup>', 'id="note-1"',
        'counter(page, arabext) " از " counter(pages, arabext)', 'datetime="2026-01-09"',
    ):  # fmt: skip
        assert markup in page.replace('start="3" class="labels-arabext-paren"', 'class="labels-arabext-paren" start="3"')
    assert "labels-arabext" not in standalone_html(letter("en")).decode().rpartition("</style>")[2]


def test_paper_has_counts_and_pages_in_the_digits_of_the_language(tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(render_letter_pdf(letter()).data)
    printed = text_of_pdf(path)
    assert "۱٬۲۰۰" in printed
    pages = [line for line in printed.split("\n") if "صفحه" in line]
    assert len(pages) > 3
    assert not [line for line in pages if re.search("[0-9]", line)]


def test_word_and_open_document_label_items_in_the_digits_of_the_language() -> None:
    file = docx.Document(io.BytesIO(docx_file(letter())))
    numbering = file.part.numbering_part.element
    labels = {level.get(f"{{{numbering.nsmap['w']}}}val") for level in numbering.iter(f"{{{numbering.nsmap['w']}}}lvlText")}
    assert {"۱.", "۲.", "۳)"} <= labels
    assert "ما ۱٬۲۰۰ نفر در 1403، ۱٬۲۰۰." in [paragraph.text for paragraph in file.paragraphs]
    with zipfile.ZipFile(io.BytesIO(odt_file(letter()))) as package:
        styles, content = (package.read(part).decode() for part in ("styles.xml", "content.xml"))
    assert 'text:page-number style:num-format="۱, ۲, ۳, ..."' in styles
    assert 'style:num-suffix="." style:num-format="۱, ۲, ۳, ..."' in content
    with zipfile.ZipFile(io.BytesIO(odt_file(letter("bn")))) as package:
        assert 'style:num-prefix="২."' in package.read("content.xml").decode()
