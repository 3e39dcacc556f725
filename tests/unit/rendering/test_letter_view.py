"""Values that the letter templates receive."""

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from letterhub.domain.letters.letter_document import (
    Addressee,
    EditionInfo,
    LetterDocument,
    LetterText,
    Signatory,
    SignatoryCounts,
    SignatoryKind,
    SignatoryOrder,
    SignatoryStyle,
)
from letterhub.domain.letters.signatory_order import build_document
from letterhub.rendering.letter.directions import language_of_script, text_direction
from letterhub.rendering.letter.signatory_list import line, partial_signatory_list, signatory_list
from letterhub.rendering.letter.view import letter_view
from letterhub.rendering.text.plain_text import plain_text

NIA = Signatory(organization="Alliance", signer_name="Nia", signer_title="Director", location="Springfield, IL", lead=True)
SAM = Signatory(organization="Berry Farms", signer_name="Sam", location="Springfield, IL")


@pytest.mark.parametrize(
    ("shown", "detail"),
    [
        (SignatoryStyle.ORGANIZATION, ""),
        (SignatoryStyle.SIGNER, "Nia, Director"),
        (SignatoryStyle.LOCATION, "Nia, Director · Springfield, IL"),
    ],
)
def test_a_line_shows_as_much_as_the_letter_says(shown: SignatoryStyle, detail: str) -> None:
    assert line(NIA, LetterText("T", "B", shown=shown)).detail.text == detail


def test_a_person_keeps_her_title_where_only_names_are_shown() -> None:
    person = Signatory(signer_name="Clara", signer_title="Poet", kind=SignatoryKind.INDIVIDUAL)
    assert line(person, LetterText("T", "B", shown=SignatoryStyle.ORGANIZATION)).detail.text == "Poet"


@pytest.mark.parametrize(
    ("language", "name", "title", "layout", "detail"),
    [
        ("fa", "آدا نمونه", "مدیر", 3, "آدا نمونه، مدیر"),
        ("fa", "آدا نمونه", "مدیر", 2, "آدا نمونه, مدیر"),
        ("fa", "Ada", "مدیر", 3, "Ada, مدیر"),
        ("ja", "山田 花子", "代表", 3, "山田 花子、代表"),
        ("zh-TW", "王小明", "會長", 3, "王小明，會長"),
        ("en", "山田 花子", "代表", 3, "山田 花子, 代表"),
    ],
)
def test_commas_are_those_of_the_script_since_layout_3(language: str, name: str, title: str, layout: int, detail: str) -> None:
    assert line(Signatory("A", name, title), LetterText("T", "B", language=language), layout).detail.text == detail


def test_a_place_that_heads_its_section_is_not_said_again() -> None:
    document = build_document(LetterText("T", "B", shown=SignatoryStyle.LOCATION, order=SignatoryOrder.LOCATION), [SAM])
    [section] = signatory_list(document).sections
    assert (section.heading, section.lines[0].detail.text) == ("Springfield, IL", "Sam")


@pytest.mark.parametrize("place", ["lead", "Lead", "rest", "national", "other", "individual"])
def test_a_place_is_printed_as_it_was_typed_whatever_it_says(place: str) -> None:
    sly = Signatory(organization="Aardvarks", location=place)
    text = LetterText("T", "B", order=SignatoryOrder.LOCATION)
    assert [section.heading for section in signatory_list(build_document(text, [sly])).sections] == [place]
    document = build_document(text, [sly, NIA])
    drawn = signatory_list(document).sections
    assert [(section.heading, len(section.lines)) for section in drawn] == [("Led by", 1), (place, 1)]
    assert partial_signatory_list(text, SignatoryCounts(2), document.signatories, document.signatories[0]).sections == drawn
    assert [section.heading for section in partial_signatory_list(text, SignatoryCounts(1), [sly], sly).sections] == [place]


def test_who_gives_no_place_stands_below_the_places() -> None:
    nowhere = Signatory(organization="Aardvarks")
    document = build_document(LetterText("T", "B", order=SignatoryOrder.LOCATION), [nowhere, SAM])
    assert [section.heading for section in signatory_list(document).sections] == ["Springfield, IL", "Other organizations"]


def test_the_list_says_its_count_and_whose_lead_it_follows() -> None:
    drawn = signatory_list(build_document(LetterText("T", "B"), [SAM, NIA]))
    assert drawn.title == "2 signatories"
    assert [section.heading for section in drawn.sections] == ["Led by", "Joined by"]
    assert signatory_list(build_document(LetterText("T", "B", language="es"), [SAM])).title == "1 firmante"


def test_later_pages_say_subject_addressee_and_date() -> None:
    text = LetterText("Title", "B", date=dt.date(2026, 1, 7), addressees=(Addressee("The President"),), re="Rivers " * 20)
    assert letter_view(LetterDocument(text)).running == (
        "Rivers Rivers Rivers Rivers Rivers Rivers Rivers Rivers… · The President · January 7, 2026"
    )


def test_a_label_that_was_typed_too_is_said_once() -> None:
    document = LetterDocument(LetterText("T", "B", re="RE : Support", cc=("cc: Jane", "Ccile", "cc:")))
    view = letter_view(document)
    assert (view.re.text, view.running, *(one.text for one in view.cc)) == ("Support", "Support", "Jane", "Ccile", "cc:")
    assert "Re: Support" in plain_text(document)


@pytest.mark.parametrize(
    ("language", "count", "expected"),
    [
        ("en", 1, "T · The President"),
        ("en", 2, "T · The President and 1 other"),
        ("en", 3, "T · The President and 2 others"),
        ("fr", 2, "T · The President et 1 autre"),
        ("es", 4, "T · The President y 3 más"),
        ("ko", 3, "T · The President 외 2명"),
        ("vi", 3, "T · The President and 2 others"),
        ("ja", 3, "T · The Presidentほか2名"),
    ],
)
def test_later_pages_do_not_pass_over_further_addressees(language: str, count: int, expected: str) -> None:
    text = LetterText("T", "B", addressees=(Addressee("The President"),) * count, language=language)
    assert letter_view(LetterDocument(text)).running == expected


def test_a_short_subject_is_the_one_of_later_pages() -> None:
    text = LetterText("T", "B", re="A very long subject", short_subject="Rivers")
    view = letter_view(LetterDocument(text))
    assert (view.running, view.re.text) == ("Rivers", "A very long subject")


@pytest.mark.parametrize(
    ("language", "foot"),
    [
        ("en", "Draft, not delivered · January 7, 2026, 4:05\u00a0PM EST"),
        ("de", "Entwurf, nicht übergeben · 7. Januar 2026, 16:05 -0500"),
    ],
)
def test_the_foot_of_a_draft_says_that_it_is_one_and_never_an_edition(language: str, foot: str) -> None:
    at = dt.datetime(2026, 1, 7, 21, 5, tzinfo=dt.UTC).astimezone(ZoneInfo("America/New_York"))
    mark = EditionInfo(1, "7KQ2-M3TX-9RWB", at)
    document = LetterDocument(LetterText("T", "B", language=language), edition=mark, draft_at=at)
    assert letter_view(document).edition == foot


def test_dates_and_labels_speak_the_language_of_the_letter() -> None:
    view = letter_view(LetterDocument(LetterText("T", "B", date=dt.date(2026, 1, 7), language="pt-BR")))
    assert (view.date, view.words.page) == ("7 de janeiro de 2026", "Página")
    assert letter_view(LetterDocument(LetterText("T", "B", date=dt.date(2026, 1, 7), language="tlh"))).date == "January 7, 2026"


def test_an_edition_is_named_at_the_foot() -> None:
    mark = EditionInfo(2, "k7f3", dt.datetime(2026, 1, 9, 15, tzinfo=dt.UTC))
    assert letter_view(LetterDocument(LetterText("T", "B"), edition=mark)).edition == "Edition 2 · k7f3 · as of January 9, 2026"


@pytest.mark.parametrize(
    ("name", "direction", "language"),
    [
        ("Example Alliance", "ltr", ""),
        ("Coalición", "ltr", ""),
        ("Παράδειγμα", "ltr", "el"),
        ("Общество «Пример»", "ltr", "und-Cyrl"),
        ("مركز المثال 2", "rtl", "und-Arab"),
        ("«עמותה»", "rtl", "und-Hebr"),
        ("例示団体", "ltr", "zh"),
        ("例示のかい", "ltr", "ja"),
        ("평화", "ltr", "ko"),
        ("Пример Example", "ltr", ""),
        ("350", "ltr", ""),
    ],
)
def test_a_name_tells_its_direction_and_language(name: str, direction: str, language: str) -> None:
    assert (text_direction(name), language_of_script(name)) == (direction, language)


def test_a_name_is_set_apart_where_it_runs_against_its_letter() -> None:
    english, arabic = LetterText("T", "B"), LetterText("T", "B", language="ar")
    alliance, rivers = Signatory(organization="“Alliance”, Inc."), Signatory(organization="مركز المثال")
    against = [line(one, text).name.direction for text in (english, arabic) for one in (alliance, rivers)]
    assert against == ["", "rtl", "ltr", ""]


@pytest.mark.parametrize(
    ("language", "title", "headings"),
    [
        ("en", "2 organizations and 1 individual", ["Organizations", "Individuals"]),
        ("es", "2 organizaciones y 1 persona", ["Organizaciones", "Personas"]),
        ("fr", "2 organisations et 1 personne", ["Organisations", "Personnes"]),
        ("de", "2 Organisationen und 1 Einzelperson", ["Organisationen", "Einzelpersonen"]),
        ("pt", "2 organizações e 1 pessoa", ["Organizações", "Pessoas"]),
        ("he", "2 ארגונים ו-1 אדם פרטי", ["ארגונים", "יחידים"]),
        ("ja", "2団体、個人1名", ["団体", "個人"]),
    ],
)
def test_a_list_of_both_kinds_counts_and_heads_each(language: str, title: str, headings: list[str]) -> None:
    signatories = [Signatory("Arc"), Signatory("Berry Farms"), Signatory(signer_name="Sam", kind=SignatoryKind.INDIVIDUAL)]
    document = build_document(LetterText("T", "B", language=language), signatories)
    drawn = signatory_list(document)
    assert (drawn.title, [section.heading for section in drawn.sections]) == (title, headings)
    part = partial_signatory_list(document.text, document.counts, document.signatories[1:], document.signatories[0])
    assert (part.title, [section.heading for section in part.sections]) == (title, headings)
    old = signatory_list(replace(document, layout=1))
    assert [section.heading for section in old.sections] == [""]
