"""The document: order, groups, and the count in the text."""

import pytest

from letterhub.domain.i18n import fill_count, mask_count
from letterhub.domain.letters.document import LetterText, Signatory, SignatoryKind, SignatoryOrder, build_document


def names(order: SignatoryOrder, *signatories: Signatory) -> list[str]:
    return [one.name for one in build_document(LetterText("T", "B", order=order), signatories).signatories]


def test_leads_come_first_then_the_alphabet_as_readers_know_it() -> None:
    given = [
        "eBay Friends",
        "The Arc",
        "Łódź Rivers",
        "“Quoted” Waters",
        "Zebra",
        "Écologie",
        "A Better Way",
        "Berlin",
        "lower",
    ]
    lead = Signatory(organization="Zulu Lead", lead=True)
    assert names(SignatoryOrder.ALPHABETICAL, *(Signatory(organization=name) for name in given), lead) == [
        "Zulu Lead", "The Arc", "Berlin", "A Better Way", "eBay Friends", "Écologie", "Łódź Rivers", "lower", "“Quoted” Waters",
        "Zebra",
    ]  # fmt: skip


def test_a_sort_name_that_staff_gave_decides() -> None:
    given = (
        Signatory(organization="3D Security", sort_name="Three D"),
        Signatory(organization="Ten"),
        Signatory(organization="Two"),
    )
    assert names(SignatoryOrder.ALPHABETICAL, *given) == ["Ten", "3D Security", "Two"]


def test_as_given_moves_only_the_leads() -> None:
    given = (Signatory(organization="B"), Signatory(organization="C", lead=True), Signatory(organization="A"))
    assert names(SignatoryOrder.AS_GIVEN, *given) == ["C", "B", "A"]


def test_sections_follow_one_another_from_far_to_near() -> None:
    given = [
        Signatory(organization=section or "none", section=section) for section in ("", "local", "Tribal", "national", "state")
    ]
    document = build_document(LetterText("T", "B", order=SignatoryOrder.SECTIONS), given)
    assert [group.heading for group in document.groups] == ["national", "state", "local", "Tribal", "other"]


def test_a_list_without_sections_is_one_group_without_a_heading() -> None:
    document = build_document(
        LetterText("T", "B", order=SignatoryOrder.SECTIONS), [Signatory(organization="A"), Signatory(organization="B")]
    )
    assert [group.heading for group in document.groups] == [""]
    assert build_document(LetterText("T", "B"), []).groups == ()


@pytest.mark.parametrize(
    ("signatory", "name", "detail"),
    [
        (Signatory(organization="Alliance", signer_name="Nia", signer_title="Director"), "Alliance", "Nia, Director"),
        (Signatory(organization="Alliance"), "Alliance", ""),
        (Signatory(organization="University", signer_name="Nia", kind=SignatoryKind.INDIVIDUAL), "Nia", "University"),
        (
            Signatory(signer_name="Nia", signer_title="Poet", affiliation="Guild", kind=SignatoryKind.INDIVIDUAL),
            "Nia",
            "Poet, Guild",
        ),
        (Signatory(signer_name="Nia", signer_title="Poet"), "Nia", "Poet"),
    ],
)
def test_a_line_names_who_signed_and_then_for_whom(signatory: Signatory, name: str, detail: str) -> None:
    assert (signatory.name, signatory.detail) == (name, detail)


@pytest.mark.parametrize(
    ("markdown", "filled"),
    [
        ("We, the {{count}} undersigned", "We, the 1,147 undersigned"),
        ("the {{ count_in_words }} of us", "the one thousand one hundred forty-seven of us"),
        ("Enough. {{count_in_words}} groups say so.", "Enough. One thousand one hundred forty-seven groups say so."),
        ("Dear Ada:\n\n{{count_in_words}} of us", "Dear Ada:\n\nOne thousand one hundred forty-seven of us"),
        ("signed by\n{{count_in_words}} groups", "signed by\none thousand one hundred forty-seven groups"),
        ("{count} and {{other}} stay", "{count} and {{other}} stay"),
    ],
)
def test_the_count_is_filled_in(markdown: str, filled: str) -> None:
    assert fill_count(markdown, 1147, "en") == filled


def test_a_mark_stands_for_a_count_that_is_not_there_yet() -> None:
    assert mask_count("We, {{count}} or {{ count_in_words }}, {{other}}", r"\[n\]") == r"We, \[n\] or \[n\], {{other}}"


def test_outside_english_a_count_in_words_stays_a_figure() -> None:
    assert fill_count("Nosotras, {{count_in_words}} y {{count}}", 1147, "es") == "Nosotras, 1.147 y 1.147"
