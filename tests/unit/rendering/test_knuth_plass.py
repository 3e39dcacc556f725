"""The lines of a paragraph end where all of them together are best."""

from collections.abc import Iterator
from itertools import accumulate, pairwise

import pytest

from letterhub.rendering.pdf.typesetting.hyphenation import HyphenationDictionaries, HyphenationDictionary
from letterhub.rendering.pdf.typesetting.knuth_plass import LineEnd, Measure, ParagraphPlan

WORDS = "We ask the state to keep its rivers clean and to pay for it in every year that we and our children drink of them"


def plan(text: str, measure: Measure, hyphens: tuple[int, ...] = ()) -> ParagraphPlan:
    """Return the plan of a text whose characters are all a pixel wide, with further places for hyphens."""
    spaces = [LineEnd(at, at + 1) for at, character in enumerate(text) if character == " "]
    divided = [LineEnd(at, at, 1.0, is_hyphen=True) for at in hyphens]
    ends = [*sorted([*spaces, *divided], key=lambda end: end.start), LineEnd(len(text), len(text), is_forced=True)]
    return ParagraphPlan(text, [0.0, *accumulate(1.0 for _ in text)], ends, measure)


def lines(text: str, width: float, hyphens: tuple[int, ...] = (), *, is_justified: bool = False) -> list[str]:
    """Return the lines that a text is broken into."""

    def lines_from(start: int) -> Iterator[str]:
        line = planned.line_from(start)
        yield text[start : line[1].end if line else len(text)] + ("-" if line and line[1].hyphen else "")
        if line:
            yield from lines_from(line[1].start)

    planned = plan(text, Measure(width, 0, 1.0, is_justified), hyphens)
    return list(lines_from(0))


@pytest.mark.parametrize("width", range(15, 60))
@pytest.mark.parametrize("is_justified", [False, True])
def test_nothing_is_lost_and_no_line_is_too_long(width: int, *, is_justified: bool) -> None:
    broken = lines(WORDS, width, is_justified=is_justified)
    assert " ".join(broken) == WORDS
    widths = [width + line.count(" ") / 4 if is_justified else width for line in broken]
    assert [line for line, most in zip(broken, widths, strict=True) if len(line) > most] == []


def test_ragged_lines_are_of_about_one_length() -> None:
    assert lines("aaa bb cc ddddd", 6) == ["aaa", "bb cc", "ddddd"]  # and not "aaa bb", "cc", "ddddd"


def test_a_line_is_given_less_room_than_the_next_place_would_need() -> None:
    line = plan("aaa bb cc ddddd", Measure(6, 0, 1, is_justified=False)).line_from(0)
    assert line is not None
    assert 3 <= line[0] < 6
    assert (line[1].end, line[1].start) == (3, 4)


def test_two_lines_in_turn_do_not_both_end_with_a_hyphen() -> None:
    text = "abcdefghij klmnopqrst uvwxyz abcdefghij klmnop"
    broken = lines(text, 15, (3, 6, 14, 17, 32, 35))
    hyphens = [line.endswith("-") for line in broken]
    assert not any(one and other for one, other in pairwise(hyphens))
    assert "".join(line.removesuffix("-") if line.endswith("-") else line + " " for line in broken).strip() == text


def test_a_line_that_begins_where_none_was_expected_is_left_alone() -> None:
    assert plan(WORDS, Measure(30, 0, 1, is_justified=False)).line_from(1) is None


def test_a_word_longer_than_the_line_has_a_line_of_its_own() -> None:
    assert lines("a bbbbbbbbbbbbbbbb c", 8) == ["a", "bbbbbbbbbbbbbbbb", "c"]


def test_a_paragraph_of_twenty_thousand_words_is_planned() -> None:
    assert len(lines("word " * 900 + "end", 80)) > 50


def test_words_are_divided_by_their_language_or_as_typed() -> None:
    dictionary = HyphenationDictionary("de_DE", 3, 3)
    assert dictionary.positions("Verwaltung") == [3, 6]
    assert dictionary.take_typed("eine Ver\xadwalt\xadung und Wal\xad\xaddhaus\xad.") == "eine Verwaltung und Waldhaus."
    assert dictionary.positions("Verwaltung") == [3, 7]
    assert dictionary.iterate("Waldhaus") == [("Wal", "dhaus")]
    dictionary.take_typed("un\xadan\xadge\xadmessen")
    assert dictionary.positions("unangemessen") == [2, 4, 6]


def test_a_word_that_would_change_its_spelling_is_not_divided_there() -> None:
    dictionary = HyphenationDictionary("hu_HU", 2, 2)
    assert all(first + second == "asszonnyal" for first, second in dictionary.iterate("asszonnyal"))


def test_each_language_has_one_dictionary() -> None:
    dictionaries = HyphenationDictionaries()
    key = ("en_US", 3, 3, 6)
    assert dictionaries.get(key) is dictionaries.get(key)
    style = {"lang": "tlh", "hyphens": "auto", "hyphenate_limit_chars": (6, 3, 3)}
    assert dictionaries.of(style) is None
    assert dictionaries.of({**style, "lang": "en"}) is not None
    assert dictionaries.of({**style, "lang": "en", "hyphens": "manual"}) is None
