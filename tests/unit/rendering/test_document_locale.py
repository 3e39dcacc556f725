"""Labels of a letter are in its language, and the count has the form that its number needs."""

import pytest

from letterhub.domain.letters.letter_document import SignatoryCounts
from letterhub.rendering.letter.document_locale import document_locale

ALL = "en es fr de pt ar fa he hi bn ta th ja ko zh-Hans zh-Hant ru uk it pl nl sv el tr".split()
SAME = {
    "page",
    "of",
    "note",
    "notes",
    "quotes",
    "edition",
    "table",
    "re",
    "cc",
    "both_kinds",
    "links",
    "figure",
}  # may be as in English


@pytest.mark.parametrize("language", [language for language in ALL if language != "en"])
def test_every_label_is_in_its_language(language: str) -> None:
    english, words = document_locale("en").words, document_locale(language).words
    names = set(english.__slots__) - SAME
    assert {name for name in names if getattr(words, name) == getattr(english, name)} <= {"number"}
    assert set(words.headings) == set(english.headings)
    assert not set(words.headings.values()) & set(english.headings.values())


@pytest.mark.parametrize("language", ALL)
def test_labels_have_the_places_that_are_filled(language: str) -> None:
    words = document_locale(language).words
    assert "{heading}" in words.continued
    assert "{count}" in words.more
    assert all("{name}" in form for form in words.others)
    assert "{organizations}" in words.both_kinds
    assert "{individuals}" in words.both_kinds


@pytest.mark.parametrize("language", ["it", "ru", "zh-Hans", "fa", "th"])
def test_editions_of_layout_1_keep_their_english_labels(language: str) -> None:
    assert document_locale(language, 1).words.page == "Page"
    assert document_locale(language, 1).words.quotes is None


@pytest.mark.parametrize(
    ("language", "name", "before", "since"),
    [
        ("ru", "edition", "Издание", "Редакция"), ("tr", "edition", "Baskı", "Sürüm"), ("el", "as_of", "έως", "στις"),
        ("nl", "re", "Betreft:", "Betreft:"), ("ja", "enclosures", "添付資料:", "添付資料："),
    ],
)  # fmt: skip
def test_layout_3_has_better_labels_and_layout_2_keeps_its_own(language: str, name: str, before: str, since: str) -> None:
    assert [getattr(document_locale(language, layout).words, name) for layout in (2, 3)] == [before, since]


def test_changed_headings_leave_the_others() -> None:
    before, since = (document_locale("uk", layout).words.headings for layout in (2, 3))
    assert {name: since[name] for name in since if since[name] != before[name]} == {"lead": "Ініціатори"}


@pytest.mark.parametrize(
    ("language", "count", "expected"),
    [
        ("ru", 1, "1 организация"), ("ru", 3, "3 организации"), ("ru", 5, "5 организаций"), ("ru", 21, "21 организация"),
        ("pl", 2, "2 organizacje"), ("pl", 12, "12 organizacji"), ("uk", 1234, "1\N{NO-BREAK SPACE}234 організації"),
        ("ja", 1234, "1,234団体"), ("bn", 12, "১২টি সংগঠন"), ("zh-Hans", 3, "3个组织"), ("zh-Hans", 1, "1个组织"),
        ("en", 1, "1 organization"), ("en", 2, "2 organizations"), ("sv", 1, "1 organisation"),
    ],
)  # fmt: skip
def test_a_count_takes_the_form_of_its_number(language: str, count: int, expected: str) -> None:
    locale = document_locale(language)
    assert locale.counted(SignatoryCounts(count).total, locale.words.organizations) == expected


def test_the_two_scripts_of_chinese_have_their_own_labels() -> None:
    assert [document_locale(tag).words.page for tag in ("zh", "zh-Hans", "zh-CN", "zh-Hant", "zh-TW", "zh-HK")] == [
        *["页"] * 3, *["頁"] * 3,
    ]  # fmt: skip
