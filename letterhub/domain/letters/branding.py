"""Branding defaults of a coalition, and its accent colors with the contrast checks of WCAG. See docs/design/letters.md."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.domain.letters.letter_document import (
    Figures,
    Letterhead,
    LetterText,
    Margins,
    PaperSize,
    TextSize,
    Theme,
    Typeface,
)
from letterhub.domain.letters.note_choices import LinkStyle, NotePlacement

DEFAULT_ACCENT = "#1f3a68"
"""Default accent color: a letter without an accent stores "", and the style sheets use this one."""

LAYOUT_CHOICES = ("margins", "size", "figures", "notes", "links", "justify")
TEXT_CHOICES = ("theme", "face", "accent", "paper", *LAYOUT_CHOICES)
"""Parts of a letter's text that begin with the branding of its coalition."""
_PLAIN = LetterText("", "")


@dataclass(frozen=True, slots=True)
class BrandingDefaults:
    """Branding of a coalition: name and lines of the letterhead, theme, typeface, accent color, paper and layout.

    `accent` is a color as #rrggbb, "" for the default.
    """

    name: str
    lines: tuple[str, ...] = ()
    theme: Theme = Theme.CLASSIC
    face: Typeface = Typeface.THEME
    accent: str = ""
    paper: PaperSize = PaperSize.LETTER
    margins: Margins = Margins.WIDE
    size: TextSize = TextSize.TWELVE
    figures: Figures = Figures.THEME
    notes: NotePlacement = NotePlacement.FOOT
    links: LinkStyle = LinkStyle.NOTES
    justify: bool = False

    def apply_to(self, text: LetterText) -> LetterText:
        """Return a copy of a text with this branding in the parts that still have their defaults."""
        choices = {name: getattr(self, name) for name in TEXT_CHOICES if getattr(text, name) == getattr(_PLAIN, name)}
        head = Letterhead(self.name, self.lines) if text.letterhead == _PLAIN.letterhead else text.letterhead
        return replace(text, letterhead=head, **choices)


def layout_to_facts(branding: BrandingDefaults) -> dict[str, Any]:
    """Serialize the choices of layout that differ from those of a plain letter to JSON values."""
    choices = {name: getattr(branding, name) for name in LAYOUT_CHOICES}
    changed = {name: value for name, value in choices.items() if value != getattr(_PLAIN, name)}
    return {name: value if isinstance(value, bool) else str(value) for name, value in changed.items()}


def layout_from_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Deserialize the choices of layout from `layout_to_facts`."""
    return {name: type(getattr(_PLAIN, name))(value) for name, value in facts.items()}


LIGHT_BACKGROUNDS = ("#ffffff", "#fffefb", "#f7f5f0")
"""Backgrounds of accented text: white paper, the sheet on a screen, the page around it."""
DARK_BACKGROUNDS = ("#16171a", "#1f2125")
MIN_CONTRAST = 4.5  # contrast ratio to one, required by WCAG 2.2 for text
_HEX = re.compile(r"#[0-9a-f]{6}")
_STEPS = 50


class InvalidColor(UserFacingError):
    """Raised when an accent is no color or has too little contrast for text."""


def parse_accent(typed: str) -> str:
    """Parse a color to the form "#1f3a68", "" for none. Raises InvalidColor if it is invalid or too light for text."""
    color = typed.strip().casefold()
    if color and not color.startswith("#"):
        color = f"#{color}"
    if not color:
        return ""
    if not _HEX.fullmatch(color):
        raise InvalidColor(
            _(
                "“%(typed)s” is not a color. Enter six digits or letters from a to f after a #, such as #1f3a68.",
                typed=typed.strip()[:30],
            )
        )
    least = min(contrast(color, paper) for paper in LIGHT_BACKGROUNDS)
    if least < MIN_CONTRAST:
        raise InvalidColor(
            _(
                "%(color)s is too light for text on paper: its contrast is %(contrast)s to 1, and at least 4.5 "
                "to 1 is needed. The closest readable color is %(readable)s.",
                color=color,
                contrast=f"{int(least * 10) / 10:.1f}",  # never rounded up
                readable=make_readable(color, LIGHT_BACKGROUNDS, "#000000"),
            )
        )
    return color


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colors as WCAG defines it, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def make_readable(color: str, papers: tuple[str, ...], toward: str) -> str:
    """Return a color mixed with as little of another, `toward`, as makes text in it readable on all backgrounds in `papers`.

    `toward` is black or white, and is returned itself if no mixture is readable.
    """
    for step in range(_STEPS + 1):
        mixed = mix(color, toward, step / _STEPS)
        if all(contrast(mixed, paper) >= MIN_CONTRAST for paper in papers):
            return mixed
    return toward


def mix(one: str, other: str, share: float) -> str:
    """Mix a color with a share, from 0 to 1, of another."""
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(_channels(one), _channels(other), strict=True))


def _channels(color: str) -> tuple[int, int, int]:
    red, green, blue = (int(color[place : place + 2], 16) for place in (1, 3, 5))
    return red, green, blue


def _luminance(color: str) -> float:
    """Return the relative luminance of a color as WCAG defines it, from 0 to 1."""
    parts = [channel / 255 for channel in _channels(color)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)
