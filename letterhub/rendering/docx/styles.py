"""Styles of a DOCX file: a letter's own, in place of the template's blue headings, with names for people who edit it."""

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from docx.styles.style import ParagraphStyle
from lxml.etree import SubElement

from letterhub.domain.letters.letter_document import LetterText
from letterhub.rendering.office.styles import LINK_COLOR, TEXT_COLOR, StyleFormat, is_sans, letter_styles

FONT_NAME = "Cambria"  # comes with Word on every system; others use a font of the same widths
SANS_FONT_NAME = "Calibri"  # likewise
STYLE_IDS = {"footnote text": "FootnoteText"}
"""Ids that paragraphs name, of styles that python-docx gives others."""


def set_styles(file: Document, text: LetterText, layout: int) -> None:
    """Set every style that the letter's paragraphs name, and the language in which the file is spelled and read aloud.

    Since layout 2 they have the letter's kind of typeface and its size.
    """
    font_name = SANS_FONT_NAME if is_sans(text) and layout > 1 else FONT_NAME
    for name, style_format in letter_styles(text, layout):
        exists = name in {style.name for style in file.styles}
        style = file.styles[name] if exists else file.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        if isinstance(style, ParagraphStyle):
            _apply_format(style, style_format, font_name)
            if layout > 3:  # scripts such as Arabic are bold, too, and notes find the style that they name
                style.font.cs_bold = style_format.bold
                style.element.styleId = STYLE_IDS.get(name, style.style_id)
    link = file.styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
    link.font.underline, link.font.color.rgb = True, RGBColor.from_string(LINK_COLOR)
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
    style.font.name, style.font.size, style.font.color.rgb = font_name, Pt(style_format.size), RGBColor.from_string(TEXT_COLOR)
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
