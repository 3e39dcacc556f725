"""A letter as one HTML file, with styles, fonts and logo inside and nothing loaded from elsewhere."""

import base64
import re

from markupsafe import Markup

from letterhub.domain.digits import DIGITS, LATIN
from letterhub.domain.letters.letter_document import LetterDocument
from letterhub.rendering.jinja import render_template, style_sheet
from letterhub.rendering.letter.html_renderer import Medium
from letterhub.rendering.letter.structured_data import structured_data
from letterhub.rendering.letter.view import LetterView, letter_view
from letterhub.rendering.letter.web_fonts import font_code_points, font_subset

_FONT_FACES = (
    ("Source Serif 4", 400, "normal", "SourceSerif4-Regular"),
    ("Source Serif 4", 400, "italic", "SourceSerif4-It"),
    ("Source Serif 4", 600, "normal", "SourceSerif4-Semibold"),
    ("Source Serif 4", 600, "italic", "SourceSerif4-SemiboldIt"),
    ("Source Sans 3", 400, "normal", "SourceSans3-Regular"),
    ("Source Sans 3", 600, "normal", "SourceSans3-Semibold"),
    ("Noto Naskh Arabic", 400, "normal", "NotoNaskhArabic-Regular"),
    ("Noto Naskh Arabic", 600, "normal", "NotoNaskhArabic-Bold"),
    ("Noto Serif Hebrew", 400, "normal", "NotoSerifHebrew-Regular"),
    ("Noto Serif Hebrew", 600, "normal", "NotoSerifHebrew-Bold"),
    ("Noto Serif Devanagari", 400, "normal", "NotoSerifDevanagari-Regular"),
    ("Noto Serif Devanagari", 600, "normal", "NotoSerifDevanagari-Bold"),
    ("Noto Serif Armenian", 400, "normal", "NotoSerifArmenian-Regular"),
    ("Noto Serif Armenian", 600, "normal", "NotoSerifArmenian-Bold"),
    ("Noto Serif Georgian", 400, "normal", "NotoSerifGeorgian-Regular"),
    ("Noto Serif Georgian", 600, "normal", "NotoSerifGeorgian-Bold"),
)
_STYLE_SHEETS = ("tokens.css", "letter.css", "letterhead.css", "themes.css", "signatories.css", "paper.css")
_LATER_STYLE_SHEETS = {
    1: ("letter-layout-2.css", "letter-parts.css", "printed-file.css"),
    2: ("layouts/letter-layout-3.css",),
    3: ("layouts/letter-layout-4.css",),
}
"""Style sheets of the layouts after each."""
_PAGE_MARGINS = """
@page {{
  @top-{side} {{ content: "{running}"; font: 8.5pt "{font}"; vertical-align: top; padding-top: 0.5in; white-space: nowrap }}
  @bottom-center {{ content: "{page} " {number} " {of} " {total} "{foot}"; font: 8.5pt "{font}"; white-space: pre }}
}}
@page :first {{ @top-{side} {{ content: none }} }}
"""
_FONT_FACE_RULE = (
    '@font-face{{font-family:"{}";font-weight:{};font-style:{};src:url("data:font/woff2;base64,{}") format("woff2")}}'
)
_ITALIC_MARKUP = ("<em", "letter-via", "<h4")
_ASCII = frozenset(range(0x20, 0x7F))


def standalone_html(document: LetterDocument) -> bytes:
    """Return the letter as one HTML file in UTF-8: the same bytes for the same document, fonts and version."""
    letter = letter_view(document, Medium.FILE if document.layout > 1 else Medium.SCREEN)
    unstyled_page = render_template("export/standalone.html", letter=letter, styles="")
    is_later = document.layout > 1
    later_sheets = (sheet for layout, sheets in _LATER_STYLE_SHEETS.items() if document.layout > layout for sheet in sheets)
    margins, data = (page_margins_css(letter), structured_data(document)) if is_later else ("", "")
    styles = "\n".join((*map(style_sheet, (*_STYLE_SHEETS, *later_sheets)), letter.accent_styles)) + margins
    styles = Markup(font_faces(unstyled_page + DIGITS.get(letter.digits, "")) + styles)  # noqa: S704
    page = render_template("export/standalone.html", letter=letter, styles=styles, data=data)
    return page.encode("utf-8", errors="replace")


def page_margins_css(letter: LetterView) -> str:
    """Return the CSS rules for the running head of later pages and the foot of every page, in browsers that print them."""
    foot = "".join(f"\n{line}" for line in (letter.edition, letter.colophon.url_text if letter.colophon else "") if line)
    texts = {"running": letter.running, "page": letter.words.page, "of": letter.words.of, "foot": foot}
    font = "Source Sans 3" if {"letter--sans", "letter--modern"} & set(letter.look) else "Source Serif 4"
    side = "right" if letter.direction == "rtl" else "left"
    digits = "" if letter.digits == LATIN else f", {letter.digits}"
    return _PAGE_MARGINS.format(
        font=font,
        side=side,
        number=f"counter(page{digits})",
        total=f"counter(pages{digits})",
        **{name: _css_string(text) for name, text in texts.items()},
    )


def _css_string(text: str) -> str:
    """Return a text for a CSS string in quotation marks, with nothing in it that could end the string or the style element."""
    return re.sub(r'[\\"<>&\n\r\f\0]', lambda match: f"\\{ord(match[0]):x} ", text)


def font_faces(text: str) -> str:
    """Return @font-face rules with the fonts embedded, subset to the characters of a page; unused fonts are left out."""
    used = frozenset(map(ord, text))
    has_notes = "note-mark" in text
    has_italics = any(markup in text for markup in _ITALIC_MARKUP)
    rules = []
    for family, weight, style, file in _FONT_FACES:
        covered = used & font_code_points(file)
        is_needed = family.startswith("Source") or covered - font_code_points("SourceSerif4-Regular")
        if is_needed and (has_italics or style != "italic"):
            font = base64.b64encode(font_subset(file, covered | _ASCII, superscripts=has_notes)).decode("ascii")
            rules.append(_FONT_FACE_RULE.format(family, weight, style, font))
    return "".join(rules)
