"""A letter as one HTML file, with styles, fonts and logo inside and nothing loaded from elsewhere."""

import base64

from markupsafe import Markup

from letterhub.domain.letters.document import LetterDocument
from letterhub.rendering.jinja import render_template, style_sheet
from letterhub.rendering.letter.structured_data import structured_data
from letterhub.rendering.letter.view import letter_view
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
_FONT_FACE_RULE = (
    '@font-face{{font-family:"{}";font-weight:{};font-style:{};src:url("data:font/woff2;base64,{}") format("woff2")}}'
)
_ITALIC_MARKUP = ("<em", "letter-via", "<h4")
_ASCII = frozenset(range(0x20, 0x7F))


def standalone_html(document: LetterDocument) -> bytes:
    """Return the letter as one HTML file in UTF-8: the same bytes for the same document, fonts and version."""
    letter = letter_view(document)
    unstyled_page = render_template("export/standalone.html", letter=letter, styles="")
    sheets = (*_STYLE_SHEETS, "letter-layout-2.css", "letter-parts.css") if document.layout > 1 else _STYLE_SHEETS
    styles = "\n".join((*map(style_sheet, sheets), letter.accent_styles))
    data = structured_data(document) if document.layout > 1 else ""
    styles = Markup(font_faces(unstyled_page) + styles)  # noqa: S704
    page = render_template("export/standalone.html", letter=letter, styles=styles, data=data)
    return page.encode("utf-8", errors="replace")


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
