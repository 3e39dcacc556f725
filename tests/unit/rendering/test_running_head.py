"""A running head fits its line, and its date stays whole."""

import pytest

from letterhub.rendering.letter.running_heads import estimated_width, fit_running_head, truncate_to_width

LONG = "A letter on the rivers of every state"
REST = " · The President and 3 others · January 7, 2026"


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (100, LONG + REST),
        (len(LONG + REST), LONG + REST),
        (len(LONG + REST) - 1, "A letter on the rivers of every…" + REST),
        (len(REST) + 14, "A letter on…" + REST),
    ],
)
def test_the_subject_gives_way_and_the_date_stays(width: int, expected: str) -> None:
    assert fit_running_head(LONG + REST, width, len) == expected


def test_a_line_without_room_for_any_subject_ends_with_an_ellipsis() -> None:
    expected = fit_running_head(LONG + REST, 40, len)
    assert len(expected) <= 40
    assert expected.endswith("…")


@pytest.mark.parametrize(
    ("text", "width", "expected"), [("Two words", 5, "Two words"), ("One long word and another", 18, "One long word and…")]
)
def test_what_is_too_long_is_cut_at_a_word(text: str, width: int, expected: str) -> None:
    assert truncate_to_width(text, width, len) == expected


@pytest.mark.parametrize(("text", "ems"), [("Clean", 2.65), ("水道", 2.0), ("e\u0301", 0.53)])
def test_a_width_is_estimated_where_the_font_is_not_known(text: str, ems: float) -> None:
    assert estimated_width(text) == pytest.approx(ems)
