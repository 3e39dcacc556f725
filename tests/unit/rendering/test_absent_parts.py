"""Letters without their optional parts: no lead, no signer, no language of its own."""

import io
from dataclasses import replace

import pytest
from python_calamine import CalamineWorkbook

from letterhub.domain.letters.letter_document import (
    LetterText,
    Signatory,
    SignatoryCounts,
    SignatoryKind,
    SignatoryOrder,
    SignatoryStyle,
)
from letterhub.domain.letters.signatory_order import build_document
from letterhub.rendering.letter.directions import DirectedText
from letterhub.rendering.letter.signatory_list import line, partial_signatory_list, signatory_list
from letterhub.rendering.tables.xlsx_export import workbook
from tests.support.editions import VERIFICATION_URL, edition_document

PLAIN = Signatory("Berry Farms")
LEAD = Signatory("Alliance", lead=True)
ARABIC = "أنهار نظيفة للجميع"


@pytest.mark.parametrize("order", SignatoryOrder)
def test_a_list_without_leads_and_sections_has_no_heading(order: SignatoryOrder) -> None:
    text = LetterText("T", "B", order=order)
    [section] = signatory_list(build_document(text, [PLAIN])).sections
    assert section.heading == ""
    [section] = partial_signatory_list(text, SignatoryCounts(1), [PLAIN], PLAIN).sections
    assert section.heading == ""


def test_a_later_part_of_a_list_with_leads_joins_them() -> None:
    text = LetterText("T", "B")
    assert [one.heading for one in partial_signatory_list(text, SignatoryCounts(2), [PLAIN], LEAD).sections] == ["Joined by"]
    assert partial_signatory_list(text, SignatoryCounts(2), [], LEAD).sections == ()
    assert partial_signatory_list(text, SignatoryCounts(0), [], None).sections == ()


def test_signatures_in_blocks_begin_with_the_organization_where_no_signer_is_named() -> None:
    text = LetterText("T", "B", shown=SignatoryStyle.BLOCK)
    bare = line(PLAIN, text)
    assert (bare.name.text, bare.detail.text, bare.below.text) == ("Berry Farms", "", "")
    signed = line(Signatory("Berry Farms", "Nia Example"), text)
    assert (signed.name.text, signed.detail.text, signed.below.text) == ("Nia Example", "", "Berry Farms")
    person = line(Signatory("Berry Farms", "Nia Example", kind=SignatoryKind.INDIVIDUAL), text)
    assert (person.name.text, person.detail.text, person.below.text) == ("Nia Example", "Berry Farms", "")


@pytest.mark.parametrize(
    ("title", "around", "html"),
    [
        (ARABIC, "ltr", f'<bdi lang="und-Arab" dir="rtl">{ARABIC}</bdi>'),
        (ARABIC, "rtl", ARABIC),
        ("Clean rivers", "ltr", "Clean rivers"),
        ("Clean rivers", "rtl", '<bdi dir="ltr">Clean rivers</bdi>'),
        ("Чистые реки", "ltr", "Чистые реки"),
        ("", "rtl", ""),
    ],
)
def test_a_title_has_a_language_of_its_own_only_against_its_letter(title: str, around: str, html: str) -> None:
    assert DirectedText.sentence(title, around).__html__() == html


@pytest.mark.parametrize("of_edition", [["Edition", "As of", "Check page"], []])
def test_the_second_sheet_of_a_workbook_names_the_letter_and_its_edition_if_there_is_one(of_edition: list[str]) -> None:
    document = edition_document() if of_edition else replace(edition_document(), edition=None)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(workbook(document))).get_sheet_by_name("About").to_python()
    assert [label for label, _value in rows] == ["Letter", *of_edition, "Signatories"]
    assert (rows[0][1], rows[-1][1]) == (document.text.title, str(document.count))
    assert not of_edition or rows[-2][1] == VERIFICATION_URL
