"""Styles with names of an OpenDocument file, its pages, and its notes: the part "styles.xml"."""

from lxml.etree import _Element

from letterhub.domain.digits import LATIN, digits_of
from letterhub.domain.letters.letter_document import LetterDocument, LetterText
from letterhub.rendering.odt.elements import Attributes, add_element, new_element
from letterhub.rendering.odt.styles import number_format_of
from letterhub.rendering.office.builder import INCH
from letterhub.rendering.office.letter import PAPER_SIZES, side_margin
from letterhub.rendering.office.styles import (
    LATER_STYLES,
    LINK_COLOR,
    STYLES,
    TEXT_COLOR,
    StyleFormat,
    is_sans,
    letter_styles,
)

SERIF_FONT, SANS_FONT, MONO_FONT = "Caladea", "Carlito", "Liberation Mono"
"""Fonts that come with LibreOffice; the first two have the widths of Word's own."""
OUTLINE_LEVELS = {"Title": 1, "Heading1": 1, "Heading2": 2, "Heading3": 3, "Heading4": 4}
LINK_STYLE, LATER_PAGES = "Internet_20_link", "Later_20_pages"
_OWN_NAMES = {
    "Normal": "Standard",
    "Body Text": "Text body",
    "Quote": "Quotations",
    "footnote text": "Footnote",
    "Code": "Preformatted Text",
    "Figure": "Picture",
}
"""Names that LibreOffice has for some of the styles. In a PDF others become tags; none may be called Code or Figure."""
STYLE_NAMES = {
    name.title().replace(" ", ""): _OWN_NAMES.get(name, name).replace(" ", "_20_") for name in (*STYLES, *LATER_STYLES)
}
"""Names of styles in the file, by those that writers use: "Text_20_body" for "BodyText"."""
CENTERED_STYLES = {
    name.title().replace(" ", "") for name, style_format in (STYLES | LATER_STYLES).items() if style_format.centered
}


def inches(length: float) -> str:
    """Return a length of English Metric Units as the file writes it."""
    return f"{length / INCH:.4f}in"


def direction_attributes(*, rtl: bool, centered: bool = False) -> Attributes:
    """Return the attributes of paragraphs with a direction. LibreOffice does not turn the alignment "start" with it."""
    alignment = "center" if centered else "right" if rtl else "left"
    return {"style:writing-mode": "rl-tb" if rtl else "lr-tb", "fo:text-align": alignment}


def language_attributes(tag: str) -> Attributes:
    """Return the attributes of text in a language, for all three kinds of scripts that word processors know."""
    language, *subtags = tag.split("-")
    country = next((subtag.upper() for subtag in subtags if len(subtag) == 2), "none")
    attributes = {"fo:language": language, "fo:country": country}
    for script in ("asian", "complex"):
        attributes |= {f"style:language-{script}": language, f"style:country-{script}": country}
    if any(len(subtag) != 2 for subtag in subtags):
        attributes |= {f"style:rfc-language-tag{script}": tag for script in ("", "-asian", "-complex")}
    return attributes


def add_fonts(root: _Element) -> None:
    """Add the fonts of a letter to a part of the file."""
    fonts = add_element(root, "office:font-face-decls")
    for font, generic in ((SERIF_FONT, "roman"), (SANS_FONT, "swiss"), (MONO_FONT, "modern")):
        family = {"style:name": font, "svg:font-family": f"'{font}'", "style:font-family-generic": generic}
        add_element(fonts, "style:font-face", family)


def style_sheet(document: LetterDocument, *, rtl: bool) -> tuple[_Element, _Element, list[_Element]]:
    """Return the root of "styles.xml", and its elements for the head of later pages and the feet of pages, to be filled."""
    root = new_element("office:document-styles", {"office:version": "1.3"})
    add_fonts(root)
    _add_styles(add_element(root, "office:styles"), document.text, document.layout, rtl=rtl)
    layouts = add_element(root, "office:automatic-styles")
    masters = add_element(root, "office:master-styles")
    head = new_element("style:header")
    feet = []
    for name, layout in (("Standard", "FirstPage"), (LATER_PAGES, "LaterPages")):
        is_first = name == "Standard"
        _add_page_layout(layouts, layout, document, is_first=is_first, rtl=rtl)
        later = {"style:display-name": "Later pages", "style:next-style-name": LATER_PAGES}
        names = {"style:name": name, "style:page-layout-name": layout, "style:next-style-name": LATER_PAGES}
        master = add_element(masters, "style:master-page", names | ({} if is_first else later))
        if not is_first:
            master.append(head)
        feet.append(add_element(master, "style:footer"))
    return root, head, feet


def _add_page_layout(layouts: _Element, name: str, document: LetterDocument, *, is_first: bool, rtl: bool) -> None:
    """Add the layout of pages: an inch above and below the text, half of it for the head and foot."""
    width, height = PAPER_SIZES[document.text.paper]
    half, side = inches(INCH / 2), inches(side_margin(document))
    layout = add_element(layouts, "style:page-layout", {"style:name": name})
    properties = {
        "fo:page-width": inches(width),
        "fo:page-height": inches(height),
        "fo:margin-top": inches(INCH) if is_first else half,
        "fo:margin-bottom": half,
        "fo:margin-left": side,
        "fo:margin-right": side,
        "style:writing-mode": "rl-tb" if rtl else "lr-tb",
    }
    add_element(layout, "style:page-layout-properties", properties)
    spaces = {"fo:min-height": half, "style:dynamic-spacing": "true"}
    head = add_element(layout, "style:header-style")
    if not is_first:
        add_element(head, "style:header-footer-properties", {**spaces, "fo:margin-bottom": "14pt"})
    add_element(add_element(layout, "style:footer-style"), "style:header-footer-properties", {**spaces, "fo:margin-top": "8pt"})


def _add_styles(styles: _Element, text: LetterText, layout: int, *, rtl: bool) -> None:
    """Add the styles of paragraphs, links and notes, after the defaults of the whole file."""
    font = SANS_FONT if is_sans(text) else SERIF_FONT
    default = add_element(styles, "style:default-style", {"style:family": "paragraph"})
    add_element(default, "style:paragraph-properties", {"fo:widows": "2", "fo:orphans": "2", **direction_attributes(rtl=rtl)})
    faces = {"style:font-name": font, "style:font-name-asian": font, "style:font-name-complex": font}
    add_element(default, "style:text-properties", {**faces, "fo:color": f"#{TEXT_COLOR}", **language_attributes(text.language)})
    for name, style_format in letter_styles(text, layout):
        _add_paragraph_style(styles, name, style_format)
    link = add_element(styles, "style:style", {"style:name": LINK_STYLE, "style:family": "text"})
    underline = {"style:text-underline-style": "solid", "style:text-underline-width": "auto"}
    add_element(link, "style:text-properties", {"fo:color": f"#{LINK_COLOR}", **underline})
    raised = add_element(styles, "style:style", {"style:name": "Note_20_number", "style:family": "text"})
    add_element(raised, "style:text-properties", {"style:text-position": "super 62%"})
    _add_outline(styles)
    digits = digits_of(text.language, layout)
    for kind in ("footnote", "endnote"):
        names = {
            "text:note-class": kind,
            "text:citation-style-name": "Note_20_number",
            "text:citation-body-style-name": "Note_20_number",
            "text:default-style-name": STYLE_NAMES["FootnoteText"],
            "text:master-page-name": LATER_PAGES,
            "style:num-format": "1" if digits == LATIN else number_format_of(digits),
            "style:num-suffix": " ",
            "text:start-value": "0",
        }
        position = {"text:footnotes-position": "page", "text:start-numbering-at": "document"} if kind == "footnote" else {}
        add_element(styles, "text:notes-configuration", names | position)


def _add_outline(styles: _Element) -> None:
    """Add the numbering of headings, which has no numbers, so that headings are an outline."""
    outline = add_element(styles, "text:outline-style", {"style:name": "Outline"})
    for level in sorted(set(OUTLINE_LEVELS.values())):
        add_element(outline, "text:outline-level-style", {"text:level": str(level), "style:num-format": ""})


def _add_paragraph_style(styles: _Element, name: str, style_format: StyleFormat) -> None:
    """Add a style of paragraphs. Indents are left out where there are none, as they would undo those of lists."""
    style_id = name.title().replace(" ", "")
    names = {"style:name": STYLE_NAMES[style_id], "style:display-name": _OWN_NAMES.get(name, name), "style:family": "paragraph"}
    level = {"style:default-outline-level": str(OUTLINE_LEVELS[style_id])} if style_id in OUTLINE_LEVELS else {}
    parent = {"style:parent-style-name": "Standard"} if name != "Normal" else {}
    style = add_element(styles, "style:style", names | parent | level)
    paragraph = {
        "fo:margin-top": f"{style_format.before}pt",
        "fo:margin-bottom": f"{style_format.after}pt",
        "fo:line-height": f"{style_format.line:.0%}",
    }
    paragraph |= {"fo:text-align": "center"} if style_id in CENTERED_STYLES else {}
    paragraph |= {"fo:keep-together": "always"} if style_format.together else {}
    paragraph |= {"fo:margin-left": f"{style_format.indent}pt"} if style_format.indent else {}
    add_element(style, "style:paragraph-properties", paragraph)
    text: Attributes = {}
    for script in ("", "-asian", "-complex"):
        prefix = "fo" if not script else "style"
        text |= {
            f"{prefix}:font-size{script}": f"{style_format.size}pt",
            f"{prefix}:font-weight{script}": "bold" if style_format.bold else "normal",
            f"{prefix}:font-style{script}": "italic" if style_format.italic else "normal",
        }
    add_element(style, "style:text-properties", text)
