"""Theme of a letter: its CSS classes, and the rules of its accent color."""

from markupsafe import Markup

from letterhub.domain.letters.branding import DARK_BACKGROUNDS, make_readable, mix, parse_accent
from letterhub.domain.letters.letter_document import Figures, LetterText, Margins, TextSize, Typeface
from letterhub.domain.letters.note_choices import LinkStyle

_ACCENT_CSS = """.with-accent {{
  --accent: {accent}; --accent-strong: {strong}; --accent-wash: {wash}; --on-accent: #ffffff;
}}
@media (prefers-color-scheme: dark) {{
  .with-accent {{ --accent: {light}; --accent-strong: {lighter}; --accent-wash: {dim}; --on-accent: {ground}; }}
}}
"""


def theme_classes(text: LetterText) -> tuple[str, ...]:
    """Return the CSS classes of a letter's paper, theme and typeface."""
    face = (f"letter--{text.face}",) if text.face is not Typeface.THEME else ()
    window = ("letter--window",) if text.window else ()
    accent = ("with-accent",) if text.accent else ()
    small = ("letter--small",) if text.size is TextSize.ELEVEN else ()
    wide = ("letter--wide-text",) if text.margins is not Margins.WIDE else ()
    figures = (f"letter--{text.figures}",) if text.figures is not Figures.THEME else ()
    justified = ("letter--justified",) if text.justify else ()
    links = ("letter--plain-links",) if text.links is LinkStyle.NONE else ()
    return (
        f"letter--{text.paper}",
        f"letter--{text.theme}",
        *face,
        *window,
        *accent,
        *small,
        *wide,
        *figures,
        *justified,
        *links,
    )


def page_css(margins: Margins) -> Markup:
    """Return the CSS rule of a letter's margins on paper; none for those of its paper."""
    if margins is Margins.WIDE:
        return Markup()
    rule = "{{ margin-inline: {} }}\n"
    return Markup(f"@page {rule}@page a4, window, a4-window {rule}").format(margins, margins)  # noqa: S704


def accent_css(color: str) -> Markup:
    """Return the CSS rules of an accent color, for paper, light screens and dark ones; none for "".

    Raises InvalidColor if it is no color.
    """
    if not color:
        return Markup()
    accent = parse_accent(color)
    light = make_readable(mix(accent, "#ffffff", 0.35), DARK_BACKGROUNDS, "#ffffff")
    return Markup(_ACCENT_CSS).format(  # noqa: S704
        accent=accent,
        strong=mix(accent, "#000000", 0.3),
        wash=mix(accent, "#ffffff", 0.9),
        light=light,
        lighter=mix(light, "#ffffff", 0.4),
        dim=mix(accent, DARK_BACKGROUNDS[1], 0.6),
        ground=DARK_BACKGROUNDS[0],
    )
