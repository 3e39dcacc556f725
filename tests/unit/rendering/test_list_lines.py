"""Names break into lines where their script allows it, and each line is drawn in its bidi order."""

import pytest

from letterhub.rendering.pdf.typesetting.fonts import FontRegistry, FontStack
from letterhub.rendering.pdf.typesetting.line_breaking import LineBreaker, break_offsets, embedding_levels
from letterhub.rendering.pdf.typesetting.shaping import Shaper


@pytest.fixture(scope="module")
def stack() -> FontStack:
    return FontStack(FontRegistry(), ("Source Serif 4",), bold=False)


@pytest.fixture
def shaper(stack: FontStack) -> Shaper:
    return Shaper(stack)


def read(shaper: Shaper, pieces: tuple) -> str:  # type: ignore[type-arg]
    """Return the text that drawn glyph runs stand for, from left to right."""
    text = ""
    for piece in pieces:
        texts = shaper.stack.faces[piece.face].texts
        glyphs = "".join(part.partition("<")[2] for part in piece.glyphs.decode().split(">"))
        text += "".join(texts[int(glyphs[at : at + 4], 16)] for at in range(0, len(glyphs), 4))
    return text


def lines(shaper: Shaper, text: str, width: float, *, is_rtl: bool = False, indent: float = 0) -> list[str]:
    return [read(shaper, line.pieces) for line in LineBreaker(shaper, is_rtl).lines(text, width, indent)]


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("Example Alliance", 9000, ["Example Alliance"]),
        ("Example Alliance", 6000, ["Example", "Alliance"]),
        ("Rivers-and-Lakes", 4000, ["Rivers-", "and-", "Lakes"]),
        ("日本の会（東京）。", 4000, ["日本の会", "（東", "京）。"]),
        ("「平和」の会", 3100, ["「平", "和」の", "会"]),
    ],
    ids=["fits", "at a space", "after a hyphen", "no bracket ends a line", "no bracket begins one"],
)
def test_a_line_ends_where_its_script_lets_it(shaper: Shaper, text: str, width: float, expected: list[str]) -> None:
    assert lines(shaper, text, width) == expected


def test_a_word_that_is_wider_than_its_column_is_broken_between_letters(shaper: Shaper) -> None:
    found = lines(shaper, "e\u0301" * 60, 4000)
    assert len(found) > 1
    assert "".join(found) == "e\u0301" * 60
    assert not any(line.startswith("\u0301") for line in found)


def test_no_line_is_wider_than_its_room(shaper: Shaper) -> None:
    text = "The Example Foundation for the Waters (EFW), of Mill-Street and 日本の会 " * 3 + "x" * 90
    found = LineBreaker(shaper).lines(text, 7000, 900)
    assert found[0].width <= 7000
    assert all(line.width <= 6100.001 for line in found[1:])


@pytest.mark.parametrize(
    ("text", "is_rtl", "expected"),
    [
        ("שלום", False, "םולש"),
        ("Alliance (שלום)", False, "Alliance (םולש)"),
        ("שלום (ABC) עולם", True, "םלוע (ABC) םולש"),
        ("שלום 12", True, "12 םולש"),
        ("(שלום)", True, "(םולש)"),
    ],
    ids=["alone", "between Latin brackets", "Latin inside", "a number", "mirrored brackets"],
)
def test_a_line_stands_as_its_letters_run(shaper: Shaper, text: str, is_rtl: bool, expected: str) -> None:
    assert lines(shaper, text, 30_000, is_rtl=is_rtl) == [expected]


def test_a_ligature_and_kerning_change_no_text(shaper: Shaper) -> None:
    line = LineBreaker(shaper).lines("AVA office waffle", 30_000)[0]
    assert (read(shaper, line.pieces), line.text) == ("AVA office waffle", "")
    assert line.width < sum(LineBreaker(shaper).width(letter) for letter in "AVA office waffle")


def test_a_character_that_no_font_has_is_shown_as_such(shaper: Shaper) -> None:
    assert lines(shaper, "Example \U0003fffd", 30_000) == ["Example [?]"]


def test_controls_and_selectors_leave_no_ink(shaper: Shaper) -> None:
    assert LineBreaker(shaper).lines("Example\u200b\ufe0f", 30_000)[0].width == LineBreaker(shaper).width("Example")


def test_levels_and_breaks_are_told_for_every_character() -> None:
    assert embedding_levels("a שלום", is_rtl=False) == [0, 0, 1, 1, 1, 1]
    assert embedding_levels("", is_rtl=True) == []
    assert break_offsets("ab cd-e")[0] == [3, 6]
