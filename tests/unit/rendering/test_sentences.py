"""A sentence ends with one period, even after a word that ends with one."""

import time

import pytest
from markupsafe import Markup

from letterhub.domain.i18n import ends_sentence, fill_sentence, filled_sentence, with_period


@pytest.mark.parametrize(
    ("sentence", "name", "expected"),
    [
        ("Published %(name)s.", "Otters, Inc.", "Published Otters, Inc."),
        ("Published %(name)s.", "Otters", "Published Otters."),
        ("Published %(name)s. Undo?", "Otters, Inc.", "Published Otters, Inc. Undo?"),
        ("Published “%(name)s”.", "Otters, Inc.", "Published “Otters, Inc.”"),
        ("Published “%(name)s.”", "Otters, Inc.", "Published “Otters, Inc.”"),
        ("Published %(name)s.", "Who Cares?", "Published Who Cares?"),
        ("Published %(name)s.", "Act Now!", "Published Act Now!"),
        ("Published %(name)s.", "Friends “of Rivers.”", "Published Friends “of Rivers.”"),
        ("Published %(name)s.", "Otters (Inc.)", "Published Otters (Inc.)."),
        ("Is it %(name)s?", "Otters, Inc.", "Is it Otters, Inc.?"),
        ("Is it %(name)s?", "Who Cares?", "Is it Who Cares?"),
        ("Published %(name)s.", "そうだ。", "Published そうだ。"),
        ("Waiting for %(name)s...", "Otters, Inc.", "Waiting for Otters, Inc...."),
        ("%(name)s signed.", "Otters, Inc.", "Otters, Inc. signed."),
        ("Published <bdi>%(name)s</bdi>.", "Otters, Inc.", "Published <bdi>Otters, Inc.</bdi>"),
        ("Published %(name)s.", Markup("<bdi>Otters, Inc.</bdi>"), "Published <bdi>Otters, Inc.</bdi>"),
        ("Published %(name)s, %(name)s.", "A.", "Published A., A."),
    ],
)
def test_a_sentence_about_a_name_ends_once(sentence: str, name: str, expected: str) -> None:
    assert fill_sentence(sentence, {"name": name}) % {"name": name} == expected


def test_a_place_without_a_value_and_a_number_stay() -> None:
    assert fill_sentence("%(count)s of %(most)s.", {"count": 1, "most": 2}) == "%(count)s of %(most)s."
    assert fill_sentence("%(lost)s.", {}) == "%(lost)s."


@pytest.mark.parametrize("text", ["Inc.", "Who?", "Now!", "x…", "“Rivers.”", "“Rivers”.", "<b>Inc.</b>", "نهر؟"])
def test_what_ends_itself_gets_no_period(text: str) -> None:
    assert ends_sentence(text)
    assert with_period(text) == text


@pytest.mark.parametrize("text", ["Otters", "(Inc.)", "", "A, B", "St. Mary"])
def test_what_does_not_end_itself_gets_one(text: str) -> None:
    assert with_period(text) == f"{text}."


def test_counts_have_separators_and_identifiers_have_none() -> None:
    sentence = "%(count)s rows, line %(line)s, port %(port)s, %(exact)s, %(flag)s"
    values = {"count": 12_345, "line": 12_345, "port": 8_080, "exact": "1000", "flag": True}
    assert filled_sentence(sentence, values) == "12,345 rows, line 12345, port 8080, 1000, True"


def test_a_long_run_of_closing_marks_is_read_at_once() -> None:
    started = time.process_time()
    for mark in (" ", "”", "</b>", "&#34;"):
        assert not ends_sentence(mark * 100_000 + "x")
    assert time.process_time() - started < 1
