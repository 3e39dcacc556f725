"""Style of the list on paper, read from the style sheets: sizes and spaces in points, colors, font families."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import tinycss2

from letterhub.domain.letters.letter_document import LAYOUT_VERSION
from letterhub.rendering.jinja import style_sheet

_STYLE_SHEETS = ("tokens.css", "paper.css", "themes.css")
_LATER_STYLE_SHEETS = ("layouts/letter-layout-3.css",)
_POINTS_PER_UNIT = {"pt": 1.0, "px": 0.75, "in": 72.0, "rem": 12.0}

Color = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class ListStyle:
    """The style of a list of names. Lengths are points, colors red, green and blue from 0 to 1.

    Turned-over lines begin at `indent`, details below a name at `detail_indent`.
    """

    families: tuple[str, ...]
    heading_families: tuple[str, ...]
    size: float
    leading: float
    gap: float
    plain_gap: float
    indent: float
    detail_indent: float
    column_gap: float
    logo_height: float
    logo_gap: float
    logos_gap: float
    heading_size: float
    heading_leading: float
    heading_before: float
    heading_after: float
    margin_size: float
    ink: Color
    ink_soft: Color
    edge: Color


@cache
def list_style(classes: tuple[str, ...] = (), layout: int = LAYOUT_VERSION) -> ListStyle:
    """Return the style that the design tokens of a layout give to a letter with some classes. Raises KeyError if one is
    missing.

    Since layout 3 all lines are on one grid, with no gap between signatories: details are set in as turned-over lines are.
    """
    sheets = (*_STYLE_SHEETS, *_LATER_STYLE_SHEETS) if layout > 2 else _STYLE_SHEETS
    properties = _custom_properties(
        "\n".join(map(style_sheet, sheets)), frozenset({":root", *(f".{name}" for name in classes)})
    )
    length = {name: _parse_length(value) for name, value in properties.items() if name.startswith("--list-")}
    return ListStyle(
        families=_parse_families(properties["--font-letter"]),
        heading_families=_parse_families(properties["--font-interface"]),
        size=length["--list-size"],
        leading=length["--list-leading"],
        gap=length["--list-gap"],
        plain_gap=length["--list-plain-gap"],
        indent=length["--list-indent"],
        detail_indent=length["--list-indent"] if layout > 2 else 0.0,
        column_gap=length["--list-column-gap"],
        logo_height=length["--list-logo-height"],
        logo_gap=length["--list-logo-gap"],
        logos_gap=length["--list-logos-gap"],
        heading_size=length["--list-heading-size"],
        heading_leading=length["--list-heading-leading"],
        heading_before=length["--list-heading-before"],
        heading_after=length["--list-heading-after"],
        margin_size=_parse_length(properties["--margin-size"]),
        ink=_parse_color(properties["--ink"]),
        ink_soft=_parse_color(properties["--ink-soft"]),
        edge=_parse_color(properties["--edge"]),
    )


def _custom_properties(css: str, selectors: frozenset[str]) -> dict[str, str]:
    """Return the custom properties that rules for some selectors set, without media queries, which are for screens."""
    properties: dict[str, str] = {}
    for rule in tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True):
        if rule.type != "qualified-rule" or tinycss2.serialize(rule.prelude).strip() not in selectors:
            continue
        for item in tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True):
            if item.type == "declaration" and item.name.startswith("--"):
                properties[item.name] = tinycss2.serialize(item.value).strip()
    return {name: _resolve_variable(value, properties) for name, value in properties.items()}


def _resolve_variable(value: str, properties: Mapping[str, str]) -> str:
    """Return a token's value, following `var()` references."""
    other = re.fullmatch(r"var\((--[a-z-]+)\)", value)
    return _resolve_variable(properties[other[1]], properties) if other else value


def _parse_families(value: str) -> tuple[str, ...]:
    return tuple(name.strip().strip("\"'") for name in value.split(","))


def _parse_length(value: str) -> float:
    """Return a CSS length, "10pt" or "1.5rem", in points. Raises KeyError for another unit."""
    number = re.fullmatch(r"([\d.]+)(pt|px|in|rem)", value)
    if number is None:
        raise KeyError(f"not a length for paper: {value}")
    return float(number[1]) * _POINTS_PER_UNIT[number[2]]


def _parse_color(value: str) -> Color:
    red, green, blue = (int(value[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue
