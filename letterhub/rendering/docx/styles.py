"""Styles of a DOCX file: a letter's own, in place of the template's blue headings, with names for people who edit it."""

from dataclasses import dataclass, replace

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from docx.styles.style import ParagraphStyle
from lxml.etree import SubElement

from letterhub.domain.letters.document import LetterText, Theme, Typeface

FONT_NAME = "Cambria"  # comes with Word on every system; others use a font of the same widths
SANS_FONT_NAME = "Calibri"  # likewise
TEXT_SIZE = 11.0  # points
TEXT_COLOR = RGBColor(0x1A, 0x1A, 0x1A)
LINK_COLOR = RGBColor(0x1F, 0x3A, 0x5F)


@dataclass(frozen=True, slots=True)
class StyleFormat:
    """Formatting of a style: size and spaces in points; `indent` from where lines begin."""

    size: float = TEXT_SIZE
    bold: bool = False
    italic: bool = False
    before: float = 0
    after: float = 8
    indent: float = 0
    line: float = 1.15
    centered: bool = False
    together: bool = False


STYLES = {
    "Normal": StyleFormat(),
    "Body Text": StyleFormat(),
    "Title": StyleFormat(18, bold=True, before=6, after=14, line=1.0),
    "Heading 1": StyleFormat(13, bold=True, before=10, after=10, together=True),
    "Heading 2": StyleFormat(13, bold=True, before=16, after=6, together=True),
    "Heading 3": StyleFormat(11.5, bold=True, before=12, after=4, together=True),
    "Heading 4": StyleFormat(11, bold=True, italic=True, before=10, after=4, together=True),
    "List Paragraph": StyleFormat(after=5),
    "List Continue": StyleFormat(after=5, indent=18),
    "Quote": StyleFormat(italic=True, indent=24),
    "Header": StyleFormat(9, after=0),
    "Footer": StyleFormat(9, after=0, line=1.0, centered=True),
    "Sender": StyleFormat(14, bold=True, after=2, centered=True),
    "Sender Lines": StyleFormat(9.5, after=20, centered=True),
    "Date": StyleFormat(after=14),
    "Addressee": StyleFormat(after=12, together=True),
    "Closing": StyleFormat(before=6, after=20),
    "Signatory": StyleFormat(10.5, after=6, line=1.05, together=True),
    "Copies": StyleFormat(10, before=16),
    "Code": StyleFormat(9.5),
    "Ornament": StyleFormat(centered=True),
    "Table Text": StyleFormat(10, after=2),
    "Table End": StyleFormat(4, after=4),
    "footnote text": StyleFormat(9, after=2, line=1.0),
}


LATER_STYLES = {
    "Signature Space": StyleFormat(10.5, before=10, after=3),
    "Figure": StyleFormat(before=6, after=4, line=1.0, centered=True),
    "Caption": StyleFormat(9.5, after=10, line=1.05, centered=True, together=True),
}
"""Styles that files have since layout 2."""


def set_styles(file: Document, text: LetterText, layout: int) -> None:
    """Set every style that the letter's paragraphs name, and the language in which the file is spelled and read aloud.

    Since layout 2 they have the letter's kind of typeface and its size.
    """
    is_sans = text.face is Typeface.SANS or (text.theme is Theme.MODERN and text.face is Typeface.THEME)
    font_name = SANS_FONT_NAME if is_sans and layout > 1 else FONT_NAME
    for name, style_format in (STYLES | (LATER_STYLES if layout > 1 else {})).items():
        exists = name in {style.name for style in file.styles}
        style = file.styles[name] if exists else file.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        if isinstance(style, ParagraphStyle):
            is_text = style_format.size == TEXT_SIZE and layout > 1
            _apply_format(style, replace(style_format, size=float(text.size)) if is_text else style_format, font_name)
    link = file.styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
    link.font.underline, link.font.color.rgb = True, LINK_COLOR
    defaults = file.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    for old in defaults.findall(qn("w:lang")):
        defaults.remove(old)
    SubElement(
        defaults, qn("w:lang"), {qn("w:val"): text.language, qn("w:eastAsia"): text.language, qn("w:bidi"): text.language}
    )


def _apply_format(style: ParagraphStyle, style_format: StyleFormat, font_name: str) -> None:
    """Give a style a font and format, in place of the colors and borders that the template gives it."""
    template_format = style.element.rPr
    if template_format is not None:
        style.element.remove(template_format)
    style.font.name, style.font.size, style.font.color.rgb = font_name, Pt(style_format.size), TEXT_COLOR
    style.font.bold, style.font.italic = style_format.bold, style_format.italic
    for name, value in (("w:cs", "Times New Roman"), ("w:eastAsia", font_name)):
        style.element.rPr.rFonts.set(qn(name), value)
    SubElement(style.element.rPr, qn("w:szCs"), {qn("w:val"): str(int(style_format.size * 2))})
    paragraph_format = style.paragraph_format
    borders = style.element.pPr.find(qn("w:pBdr")) if style.element.pPr is not None else None
    if borders is not None:
        style.element.pPr.remove(borders)
    paragraph_format.space_before, paragraph_format.space_after, paragraph_format.line_spacing = (
        Pt(style_format.before),
        Pt(style_format.after),
        style_format.line,
    )
    paragraph_format.keep_together, paragraph_format.widow_control = style_format.together, True
    if style_format.indent:
        paragraph_format.left_indent = Pt(style_format.indent)
    if style_format.centered:
        paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
