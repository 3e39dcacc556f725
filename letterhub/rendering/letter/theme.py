"""Theme of a letter: the CSS classes of its theme, the rules of its accent color, and the shapes of its logos.

See docs/design/letters.md.
"""

import base64
from dataclasses import dataclass

from markupsafe import Markup

from letterhub.domain.letters.branding import DARK_BACKGROUNDS, make_readable, mix, parse_accent
from letterhub.domain.letters.document import LetterText, Logo, Typeface

_PNG = b"\x89PNG\r\n\x1a\n"
_SHAPE_LIMITS = ((1.6, "square"), (4.0, "wide"))
_ACCENT_CSS = """.with-accent {{
  --accent: {accent}; --accent-strong: {strong}; --accent-wash: {wash}; --on-accent: #ffffff;
}}
@media (prefers-color-scheme: dark) {{
  .with-accent {{ --accent: {light}; --accent-strong: {lighter}; --accent-wash: {dim}; --on-accent: {ground}; }}
}}
"""


@dataclass(frozen=True, slots=True)
class LogoView:
    """A logo as templates show it.

    `shape` is square, wide or banner, so that all logos have about the same visual weight.
    """

    url: str
    description: str
    shape: str
    data: bytes


def logo_view(logo: Logo) -> LogoView:
    """Return a logo with its image as a data URL; its shape is read from the first chunk of a PNG, else it is square."""
    address = f"data:{logo.media_type};base64,{base64.b64encode(logo.data).decode('ascii')}"
    is_png = logo.data.startswith(_PNG) and len(logo.data) >= 24
    width, height = (int.from_bytes(logo.data[16:20]), int.from_bytes(logo.data[20:24])) if is_png else (1, 1)
    shape = next((shape for most, shape in _SHAPE_LIMITS if width < most * height), "banner")
    return LogoView(address, logo.description, shape, logo.data)


def theme_classes(text: LetterText) -> tuple[str, ...]:
    """Return the CSS classes of a letter's paper, theme and typeface."""
    face = (f"letter--{text.face}",) if text.face is not Typeface.THEME else ()
    window = ("letter--window",) if text.window else ()
    accent = ("with-accent",) if text.accent else ()
    return (f"letter--{text.paper}", f"letter--{text.theme}", *face, *window, *accent)


def accent_css(color: str) -> Markup:
    """Return the CSS rules of an accent color, for paper, light screens and dark ones; none for "".

    Raises InvalidColor if it is no color.
    """
    if not color:
        return Markup()
    accent = parse_accent(color)
    light = make_readable(mix(accent, "#ffffff", 0.35), DARK_BACKGROUNDS, "#ffffff")
    return Markup(  # noqa: S704
        _ACCENT_CSS.format(
            accent=accent,
            strong=mix(accent, "#000000", 0.3),
            wash=mix(accent, "#ffffff", 0.9),
            light=light,
            lighter=mix(light, "#ffffff", 0.4),
            dim=mix(accent, DARK_BACKGROUNDS[1], 0.6),
            ground=DARK_BACKGROUNDS[0],
        )
    )
