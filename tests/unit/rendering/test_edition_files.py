"""The files of an edition beside HTML and PDF: the same names in the same order, nothing that runs, the same bytes."""

import hashlib
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from xml.etree import ElementTree as ET

import docx
import pytest
from docx.document import Document

from letterhub.domain.editions.file_formats import EditionFileInfo, FileFormat, edition_file_name
from letterhub.domain.letters.letter_document import Signatory, SignatoryKind
from letterhub.domain.signatures.line_fields import LINE_FIELDS
from letterhub.intake.tables.columns import map_columns
from letterhub.paths import ROOT
from letterhub.rendering.docx.file import docx_file
from letterhub.rendering.docx.styles import FONT_NAME
from letterhub.rendering.files import RENDERERS
from letterhub.rendering.letter.html import standalone_html
from letterhub.rendering.office.styles import STYLES
from letterhub.rendering.tables.csv_export import printed_columns
from letterhub.rendering.tables.xlsx_export import workbook
from letterhub.rendering.text.manifest import manifest
from letterhub.rendering.text.text_export import MAX_COMMENT_LENGTH, comment_text, edition_text, utf16_length
from tests.support.editions import SIGNATORIES, TEXT, VERIFICATION_URL, edition_document

NAMES = ["Zebra Lead", "The Arc", "منظمة الأنهار", '=HYPERLINK("https://x.example")', "+Peace"]
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
X = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def opened(content: bytes) -> Document:
    return docx.Document(io.BytesIO(content))


def part(content: bytes, name: str) -> ET.Element:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return ET.fromstring(package.read(name))


def test_names_stand_in_the_order_of_print_in_every_file() -> None:
    document = edition_document()
    assert [one.name for one in document.signatories] == NAMES
    word = "\n".join(paragraph.text for paragraph in opened(docx_file(document)).paragraphs)
    strings = "\n".join("".join(item.itertext()) for item in part(workbook(document), "xl/sharedStrings.xml"))
    for text in (word, edition_text(document).decode(), comment_text(document).decode(), strings):
        places = [text.index(name) for name in NAMES]
        assert places == sorted(places)
    signatories = json.loads(manifest(document))["signatories"]
    assert [one["organization"] for one in signatories] == NAMES


def test_a_word_file_reads_as_the_letter_does() -> None:
    word = opened(docx_file(edition_document()))
    paragraphs = [(paragraph.style.name if paragraph.style else "", paragraph.text) for paragraph in word.paragraphs]
    assert ("Heading 1", "Re: Rivers") in paragraphs
    assert ("Heading 2", "What we ask") in paragraphs
    assert ("Heading 2", "5 signatories") in paragraphs
    assert ("Heading 3", "National organizations") in paragraphs
    assert ("Quote", "Quoted") in paragraphs
    assert ("Body Text", "We, the five of us, ask you; see the report.") in paragraphs
    assert [cell.text for cell in word.tables[0].rows[0].cells] == ["a", "b"]
    assert word.core_properties.title == "Clean rivers"


def test_a_word_file_has_check_boxes_without_bullets_struck_words_and_typed_numbers() -> None:
    text = replace(TEXT, body="- [ ] Box\n- Bullet\n\n1. One\n5. Five\n\n~~Struck~~ word")
    word = opened(docx_file(replace(edition_document(), text=text)))
    paragraphs = {paragraph.text: paragraph for paragraph in word.paragraphs}
    numbered = {
        name for name, paragraph in paragraphs.items() if paragraph._p.pPr is not None and paragraph._p.pPr.numPr is not None
    }
    assert numbered & {"☐ Box", "Bullet", "One", "Five"} == {"Bullet", "One", "Five"}
    lists = [paragraphs[name]._p.pPr.numPr.numId.val for name in ("One", "Five")]
    assert len(set(lists)) == 2
    assert [(run.text, run.font.strike) for run in paragraphs["Struck word"].runs] == [("Struck", True), (" word", None)]


def test_a_word_file_has_real_footnotes_page_numbers_and_the_way_to_its_check_page() -> None:
    content = docx_file(edition_document())
    notes = part(content, "word/footnotes.xml")
    assert "".join(notes[-1].itertext()).strip() == "And more, here."
    assert part(content, "word/document.xml").find(f".//{W}footnoteReference").get(f"{W}id") == "1"  # type: ignore[union-attr]
    foot = opened(content).sections[0].footer
    assert [field.get(f"{W}instr") for field in foot._element.iter(f"{W}fldSimple")] == ["PAGE", "NUMPAGES"]
    assert foot.paragraphs[-1].text == VERIFICATION_URL


def test_a_long_title_is_whole_on_the_page_and_cut_where_word_takes_no_more() -> None:
    long = replace(TEXT, title="t" * 300, re="", letterhead=replace(TEXT.letterhead, name="n" * 300))
    word = opened(docx_file(edition_document(long)))
    assert (word.core_properties.title, word.core_properties.author) == ("t" * 255, "n" * 255)
    assert {"t" * 300, "n" * 300} <= {paragraph.text for paragraph in word.paragraphs}
    assert workbook(edition_document(long))


def test_a_letter_from_right_to_left_is_one_in_word_too() -> None:
    body = part(docx_file(edition_document(replace(TEXT, language="ar", body="نكتب إليكم."))), "word/document.xml")
    paragraphs = list(body.iter(f"{W}p"))
    assert [paragraph for paragraph in paragraphs if paragraph.find(f"{W}pPr/{W}bidi") is None] == []
    english = next(run for run in body.iter(f"{W}r") if "The Arc" in "".join(run.itertext()))
    arabic = next(run for run in body.iter(f"{W}r") if "منظمة" in "".join(run.itertext()))
    assert (english.find(f"{W}rPr/{W}rtl"), arabic.find(f"{W}rPr/{W}rtl") is not None) == (None, True)


def test_a_paragraph_that_runs_against_its_letter_does_so_in_word_too() -> None:
    body = part(docx_file(edition_document(replace(TEXT, body="We write.\n\nنكتب إليكم."))), "word/document.xml")
    turned = [paragraph for paragraph in body.iter(f"{W}p") if paragraph.find(f"{W}pPr/{W}bidi") is not None]
    assert ["".join(paragraph.itertext()) for paragraph in turned] == ["نكتب إليكم."]
    assert turned[0].find(f"{W}r/{W}rPr/{W}rtl") is not None


def test_a_workbook_has_headings_in_words_with_filters_which_an_import_knows() -> None:
    document = edition_document()
    content = workbook(document)
    strings = [item.find(f"{X}t").text for item in part(content, "xl/sharedStrings.xml").iter(f"{X}si")]  # type: ignore[union-attr]
    columns = printed_columns(document)
    assert strings[: len(columns)] == [str(field.label) for field in LINE_FIELDS if field.key in columns]
    assert part(content, "xl/worksheets/sheet1.xml").find(f"{X}autoFilter") is not None
    assert set(map_columns([str(field.label) for field in LINE_FIELDS]).column_indexes) == {field.key for field in LINE_FIELDS}
    old = workbook(replace(document, layout=1))
    assert part(old, "xl/worksheets/sheet1.xml").find(f"{X}autoFilter") is None
    assert next(part(old, "xl/sharedStrings.xml").iter(f"{X}t")).text == "organization"


@pytest.mark.shows("S4")
def test_no_cell_of_a_workbook_is_a_formula_a_number_or_a_link() -> None:
    content = workbook(edition_document())
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        sheets = [ET.fromstring(package.read(name)) for name in package.namelist() if "worksheets/" in name]
    cells = [cell for sheet in sheets for cell in sheet.iter(f"{X}c")]
    assert {cell.get("t") for cell in cells} == {"s"}
    assert [found for sheet in sheets for kind in ("f", "hyperlink") for found in sheet.iter(f"{X}{kind}")] == []


def test_a_name_with_what_no_xml_can_hold_loses_only_that() -> None:
    document = edition_document(signatories=(Signatory("Old\x0b\ufffe Names"),))
    assert "Old Names" in [paragraph.text for paragraph in opened(docx_file(document)).paragraphs]
    assert "Old Names" in "".join(part(workbook(document), "xl/sharedStrings.xml").itertext())


@pytest.mark.parametrize(
    ("body", "names", "ends"),
    [
        ("Short.", 3, "Alliance 0002 of Rivers and Valleys — Nia Example, Director"),
        ("Short.", 100, "Alliance 0099 of Rivers and Valleys"),
        ("Short.", 2_000, f"more: {VERIFICATION_URL}"),
        ("A sentence that is neither short nor long. " * 110, 500, f"more: {VERIFICATION_URL}"),
        (
            "A sentence that is neither short nor long. " * 115,
            9,
            f"The full letter with all its signatories: {VERIFICATION_URL}",
        ),
        (
            "A sentence that is neither short nor long. " * 400,
            9,
            f"The full letter with all its signatories: {VERIFICATION_URL}",
        ),
        ("Endless" * 1_000, 9, f"The full letter with all its signatories: {VERIFICATION_URL}"),
    ],
)
def test_a_comment_fits_its_box_and_says_what_it_leaves_out(body: str, names: int, ends: str) -> None:
    signatories = tuple(
        Signatory(f"Alliance {number:04} of Rivers and Valleys", "Nia Example", "Director") for number in range(names)
    )
    comment = comment_text(edition_document(replace(TEXT, body=body), signatories)).decode()
    assert utf16_length(comment) <= MAX_COMMENT_LENGTH + 2
    assert comment.strip().endswith(ends)
    more = re.search(r"^and ([\d,]+) more: ", comment, re.MULTILINE)
    left_out = int(more[1].replace(",", "")) if more else 0
    whole = "The full letter" not in comment
    assert not whole or comment.count("Alliance ") + left_out == names
    assert f"{names:,} signatories" in comment


def test_a_text_that_is_cut_ends_with_a_sentence_and_a_mark() -> None:
    comment = comment_text(edition_document(replace(TEXT, body="A whole sentence of some length. " * 300))).decode()
    assert "length. […]\n\n5 signatories" in comment
    assert "Respectfully" not in comment


def test_a_box_counts_a_line_break_and_a_letter_beyond_the_first_plane_as_two() -> None:
    assert [utf16_length(text) for text in ("ab", "a\nb", "𝔸", "é")] == [2, 4, 2, 1]


def test_the_manifest_names_each_file_by_its_hash_and_the_edition_by_its_check_page() -> None:
    files = (
        EditionFileInfo(
            FileFormat.PDF, edition_file_name("clean-rivers", 2, FileFormat.PDF), 3, hashlib.sha256(b"pdf").hexdigest()
        ),
    )
    content = json.loads(manifest(edition_document(), files))
    assert content["files"] == [
        {"name": "clean-rivers-edition-2.pdf", "media_type": "application/pdf", "size": 3, "sha256": files[0].sha256}
    ]
    assert content["edition"] == {
        "number": 2,
        "id": "7KQ2-M3TX-9RWB",
        "frozen_at": "2022-01-08T03:00:01+00:00",
        "check": VERIFICATION_URL,
    }
    assert content["counts"] == {"signatories": 5, "organizations": 5, "individuals": 0}
    assert content["signatories"][0] == {
        "organization": "Zebra Lead", "signer_name": "Nia Example", "signer_title": "Director", "kind": "organization",
        "lead": "yes",
    }  # fmt: skip


HASHES = """
import hashlib
from letterhub.rendering.files import RENDERERS
from letterhub.rendering.text.manifest import manifest
from letterhub.rendering.toolchain import toolchain_hash
from tests.support.editions import edition_document
print(toolchain_hash(), [hashlib.sha256(draw(edition_document())).hexdigest() for draw in (*RENDERERS.values(), manifest)])
"""


@pytest.mark.shows("R6")
def test_two_processes_draw_the_same_bytes_whatever_their_clock_and_seed() -> None:
    def drawn(seed: str, zone: str) -> str:
        surroundings = {"PATH": os.environ["PATH"], "PYTHONHASHSEED": seed, "TZ": zone}
        return subprocess.check_output([sys.executable, "-c", HASHES], cwd=ROOT, env=surroundings, text=True)

    assert drawn("1", "Asia/Tokyo") == drawn("2", "America/New_York")


def test_another_list_gives_other_bytes_in_every_file() -> None:
    other = edition_document(signatories=SIGNATORIES[1:])
    assert [form for form, draw in RENDERERS.items() if draw(edition_document()) == draw(other)] == []


def test_every_style_of_a_word_file_has_fonts_for_all_scripts() -> None:
    styles = part(docx_file(edition_document()), "word/styles.xml")
    fonts = {
        name.get(f"{W}val", "").casefold(): style.find(f"{W}rPr/{W}rFonts")
        for style in styles.iter(f"{W}style")
        for name in style.iter(f"{W}name")
    }
    for name in STYLES:
        found = fonts[name.casefold()]
        assert found is not None
        of_scripts = [found.get(f"{W}{script}") for script in ("ascii", "eastAsia", "cs")]
        assert of_scripts == [FONT_NAME, FONT_NAME, "Times New Roman"], name


@pytest.mark.parametrize("affiliation", ["", "River University"])
def test_affiliations_are_for_identification_in_word_too(affiliation: str) -> None:
    person = Signatory(signer_name="Nia Example", affiliation=affiliation, kind=SignatoryKind.INDIVIDUAL)
    word = "\n".join(paragraph.text for paragraph in opened(docx_file(edition_document(signatories=(person,)))).paragraphs)
    assert ("for identification" in word) is bool(affiliation)


def test_a_footnote_that_is_referred_to_again_keeps_its_number_in_word() -> None:
    text = replace(TEXT, body="One[^a], two[^b], and again two[^b].\n\n[^a]: First.\n\n[^b]: Second.")
    body = part(docx_file(edition_document(text)), "word/document.xml")
    assert [one.get(f"{W}id") for one in body.iter(f"{W}footnoteReference")] == ["1", "2"]
    raised = ["".join(run.itertext()) for run in body.iter(f"{W}r") if run.find(f"{W}rPr/{W}vertAlign") is not None]
    assert list(filter(None, raised)) == ["2"]


def test_the_html_file_says_its_letter_and_names_as_data_for_programs() -> None:
    document = edition_document(
        signatories=(Signatory("A </script> B"), Signatory(signer_name="Ada", kind=SignatoryKind.INDIVIDUAL))
    )
    page = standalone_html(document).decode()
    (content,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    data = json.loads(content)
    assert (data["@type"], data["name"], data["version"]) == ("Message", document.text.title, document.edition.number)  # type: ignore[union-attr]
    assert data["contributor"] == [{"@type": "Organization", "name": "A </script> B"}, {"@type": "Person", "name": "Ada"}]
    assert b"ld+json" not in standalone_html(replace(document, layout=1))


@pytest.mark.parametrize("names", [3, 400])
def test_a_comment_without_its_annexes_says_where_they_are(names: int) -> None:
    body = "Short.\n\n:::annex Figures\n\n" + "Headwaters feed the drinking water. " * 200
    signed = tuple(Signatory(f"Alliance {number:04}", "Nia Example") for number in range(names))
    text = comment_text(edition_document(replace(TEXT, body=body), signatories=signed)).decode()
    assert "Headwaters" not in text
    assert text.rstrip().endswith(f"The full letter with all its signatories: {VERIFICATION_URL}")
    assert utf16_length(text) <= MAX_COMMENT_LENGTH
    whole = comment_text(
        edition_document(replace(TEXT, body="Short.\n\n:::annex Figures\n\nFew."), signatories=signed[:3])
    ).decode()
    assert "Few." in whole
    assert "The full letter" not in whole
