"""The document: order, groups, and the count in the text."""

import pytest

from letterhub.domain.i18n import mask_count
from letterhub.domain.letters.letter_document import LetterText, Signatory, SignatoryCounts, SignatoryKind, SignatoryOrder
from letterhub.domain.letters.signatory_order import build_document, signatory_groups


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


def person(name: str, **fields: object) -> Signatory:
    return Signatory(signer_name=name, kind=SignatoryKind.INDIVIDUAL, **fields)  # type: ignore[arg-type]


MIXED = (
    person("Zoe Abel"), Signatory(organization="The Arc"), person("An Nguyen"), person("A J Thompson"),
    Signatory(organization="A Better Way"),
    person("Uma Lead", lead=True), Signatory(organization="Local 10"), Signatory(organization="Local 2"),
)  # fmt: skip


def test_organizations_come_before_individuals_who_are_sorted_by_surname() -> None:
    document = build_document(LetterText("T", "B"), MIXED)
    assert [(group.heading, [one.name for one in group.signatories]) for group in signatory_groups(document)] == [
        ("lead", ["Uma Lead"]),
        ("organization", ["The Arc", "A Better Way", "Local 2", "Local 10"]),
        ("individual", ["Zoe Abel", "An Nguyen", "A J Thompson"]),
    ]
    assert document.counts == SignatoryCounts(4, 4)


@pytest.mark.parametrize("order", SignatoryOrder)
def test_leads_stand_in_the_order_that_staff_gave_and_the_others_after_them(order: SignatoryOrder) -> None:
    leads = [Signatory(organization=name, lead=True, lead_order=place) for name, place in (("B", 0), ("A", 2), ("C", 1))]
    joined = Signatory(organization="AA", lead_order=1)  # no lead, so that its number does not count
    document = build_document(LetterText("T", "B", order=order), [joined, *leads])
    assert [one.organization for one in document.signatories] == ["C", "A", "B", "AA"]


ALPHABETS = {
    "sv": "Alfa Zeta Zzz Ånge Ärla Öland",
    "nb": "Alfa Zoo Ærø Ørsted Aabenraa Århus",
    "de": "Alfa Ängste Boot Öl Ost Zoo",
    "cs": "Cihla Cz Čáp Hora Chata CHLEBA Indie",
    "pl": "Lublin Lz Łódź Mazury",
    "hu-HU": "Cukor Czz Csaba Dob",
    "es": "Nuzco Ñandú Oro",
    "tr": "Cz Çay Hz Ilgaz Irmak İzmir Jale",
    "et": "Suu Šokk Zoo Žanr Tartu",
    "lv": "Ika Yla Izz Jana",
    "is": "Anna Ásta Zoe Þóra Ægir Örn",
    "uk": "Гусь Ґанок Дім",
    "fa": "آب ابر اکبر اكرم بهار کتاب كلمه گل نور وحید هما یاد ياسمن یکتا",
    "ur": "اکرم بہار کتاب گل نور وحید ہما یاد ےار",
    "ar": "بحر تاج ثمر كتاب نور هلال وليد ياسر",
    "ckb": "کتێب نور ولات هەتاو یاری",
    "th": "กมล เกษม ขวัญ แดง ทราย ไพร มานี โรง",
    "hi": "अजय आशा कमल गीता मोहन हरि",
    "en": "Alfa Ånge Ärla Öland Zeta",
}


@pytest.mark.parametrize("language", ALPHABETS)
@pytest.mark.parametrize("kind", SignatoryKind)
def test_names_stand_in_the_order_of_the_alphabet_of_the_letters_language(language: str, kind: SignatoryKind) -> None:
    ordered = ALPHABETS[language].split()
    given = [Signatory(organization=name, kind=kind) for name in reversed(ordered)]
    assert [one.name for one in build_document(LetterText("T", "B", language=language), given).signatories] == ordered


@pytest.mark.parametrize(
    ("language", "digits"), [("fa", "۲ ۱۰"), ("ar", "٢ ١٠"), ("hi", "२ १०"), ("th", "๒ ๑๐"), ("sv", "2 10")]
)
def test_numbers_in_any_digits_stand_in_their_natural_order(language: str, digits: str) -> None:
    ordered = [f"A {number}" for number in digits.split()]
    given = [Signatory(organization=name) for name in reversed(ordered)]
    assert [one.name for one in build_document(LetterText("T", "B", language=language), given).signatories] == ordered


def test_hungarian_and_icelandic_lists_sort_people_as_their_names_are_written() -> None:
    for language, names in {"hu": ["Kovács Ádám", "Nagy Anna"], "is": ["Anna Zoëga", "Björn Arnarson"]}.items():
        listed = build_document(LetterText("T", "B", language=language), [person(name) for name in reversed(names)])
        assert [one.name for one in listed.signatories] == names


def test_individuals_alone_and_organizations_alone_have_no_heading_of_their_kind() -> None:
    for kind in SignatoryKind:
        alone = build_document(LetterText("T", "B"), [one for one in MIXED if one.kind is kind and not one.lead])
        assert [group.heading for group in signatory_groups(alone)] == [""]


def test_an_edition_of_the_first_layout_keeps_its_one_group() -> None:
    old = build_document(LetterText("T", "B"), [one for one in MIXED if not one.lead], layout=1)
    assert [group.heading for group in signatory_groups(old)] == [""]


def test_as_given_moves_only_the_leads() -> None:
    given = (Signatory(organization="B"), Signatory(organization="C", lead=True), Signatory(organization="A"))
    assert names(SignatoryOrder.AS_GIVEN, *given) == ["C", "B", "A"]


def test_sections_follow_one_another_from_far_to_near() -> None:
    given = [
        Signatory(organization=section or "none", section=section) for section in ("", "local", "Tribal", "national", "state")
    ]
    document = build_document(LetterText("T", "B", order=SignatoryOrder.SECTIONS), given)
    assert [group.heading for group in signatory_groups(document)] == ["national", "state", "local", "Tribal", "other"]


def test_a_list_without_sections_is_one_group_without_a_heading() -> None:
    document = build_document(
        LetterText("T", "B", order=SignatoryOrder.SECTIONS), [Signatory(organization="A"), Signatory(organization="B")]
    )
    assert [group.heading for group in signatory_groups(document)] == [""]
    assert signatory_groups(build_document(LetterText("T", "B"), [])) == ()


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
        ("{{organizations}} groups and {{ individuals }} people", "1,100 groups and 47 people"),
        ("{{individuals_in_words}} people", "Forty-seven people"),
        ("for {{organizations_in_words}} groups", "for one thousand one hundred groups"),
    ],
)
def test_the_count_is_filled_in(markdown: str, filled: str) -> None:
    assert SignatoryCounts(1100, 47).fill(markdown, "en") == filled


def test_a_mark_stands_for_a_count_that_is_not_there_yet() -> None:
    assert mask_count("We, {{count}} or {{ count_in_words }}, {{other}}", r"\[n\]") == r"We, \[n\] or \[n\], {{other}}"


def test_outside_english_a_count_in_words_stays_a_figure() -> None:
    assert SignatoryCounts(1100, 47).fill("Nosotras, {{count_in_words}} y {{count}}", "es") == "Nosotras, 1.147 y 1.147"
