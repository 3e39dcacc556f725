"""A coalition's color has enough contrast on every background, or is refused with a suggestion that has."""

import re

import pytest

from letterhub.domain.letters.branding import (
    DARK_BACKGROUNDS,
    LIGHT_BACKGROUNDS,
    MIN_CONTRAST,
    InvalidColor,
    contrast,
    make_readable,
    mix,
    parse_accent,
)
from letterhub.rendering.jinja import style_sheet


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#ffffff", "#ffffff", 1.0), ("#767676", "#ffffff", 4.54), ("#1f3a68", "#ffffff", 11.3)],
)
def test_contrast_is_as_the_guidelines_for_the_web_define_it(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.05)


@pytest.mark.parametrize(
    ("typed", "color"), [("#1F3A68", "#1f3a68"), ("7a1f2b", "#7a1f2b"), (" #000000 ", "#000000"), ("", ""), ("  ", "")]
)
def test_a_color_is_kept_in_one_spelling(typed: str, color: str) -> None:
    assert parse_accent(typed) == color


@pytest.mark.parametrize("typed", ["red", "#12", "#1f3a6", "#1f3a68ff", "url(x)", "#gggggg", "#1f3a68}", "rgb(1,2,3)"])
def test_what_is_no_color_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(InvalidColor, match=r"not a color\. .* #1f3a68"):
        parse_accent(typed)


@pytest.mark.parametrize(("typed", "ratio"), [("#ff9900", "1.9"), ("#ffffff", "1.0"), ("#777777", "4.1"), ("#2299ee", "2.8")])
def test_a_color_too_light_to_read_is_refused_with_the_nearest_that_can_be_read(typed: str, ratio: str) -> None:
    with pytest.raises(InvalidColor, match=f"contrast is {re.escape(ratio)} to 1, and at least 4.5 to 1") as refused:
        parse_accent(typed)
    offered = re.findall(r"#[0-9a-f]{6}", str(refused.value))[-1]
    assert parse_accent(offered) == offered


@pytest.mark.parametrize("color", ["#000000", "#1f3a68", "#7a1f2b", "#0000ff"])
def test_on_a_dark_screen_a_color_is_lightened_until_it_can_be_read(color: str) -> None:
    lighter = make_readable(color, DARK_BACKGROUNDS, "#ffffff")
    assert min(contrast(lighter, paper) for paper in DARK_BACKGROUNDS) >= MIN_CONTRAST


def test_mixing_goes_from_one_color_to_the_other() -> None:
    assert [mix("#000000", "#ffffff", share) for share in (0, 0.5, 1)] == ["#000000", "#808080", "#ffffff"]


def test_colors_are_held_against_the_papers_that_the_style_sheets_know() -> None:
    light, _, dark = style_sheet("tokens.css").partition("prefers-color-scheme: dark")
    backgrounds = [set(re.findall(r"--(?:ground|paper): (#[0-9a-f]{6})", part)) for part in (light, dark)]
    assert backgrounds == [set(LIGHT_BACKGROUNDS) - {"#ffffff"}, set(DARK_BACKGROUNDS)]
