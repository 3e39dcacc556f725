"""Layout of a Word document that its words depend on: tabs, capitals, text boxes, and paragraphs indented as quotations.

What Markdown can say is brought into the text; what it can't is counted. See docs/design/drafts/word-drafts.md.
"""

import re
from collections import Counter
from typing import Any

from lxml import etree

from letterhub.intake.documents.layout_tags import TAB
from letterhub.intake.documents.numbering import NumberingCounter, child_value, int_or

QUOTE_STYLE = "LetterhubQuote"
"""Id of a style that docx_parts adds under the name "Quote", for paragraphs that are indented on both sides."""

_MIN_QUOTE_INDENT = 360  # twentieths of a point, at each side
_MIN_INDENT = 700
_MIN_PROSE = 80  # characters: shorter lines are indented as addresses and closings are
_SPACED_COLUMNS = re.compile(r"(?<=\S) {4,}(?=\S)")
_OFF = ("0", "false", "off", "none")


def apply_layout(root: Any, numbering: NumberingCounter, left_out: Counter[str]) -> None:
    """Bring the layout of a part with text into its words, in place."""
    _lift_text_boxes(root, left_out)
    for tab in [tab for tab in root.iter("{*}tab", "{*}ptab") if etree.QName(tab.getparent()).localname == "r"]:
        tab.tag, tab.text = _qualified_name(root, "t"), TAB
        tab.attrib.clear()
    for text in root.iter("{*}t"):
        text.text = _SPACED_COLUMNS.sub(TAB, text.text or "")
    for properties in root.iter("{*}rPr"):
        _apply_capitals(properties, left_out)
    for paragraph in root.iter(_qualified_name(root, "p")):
        _apply_indents(paragraph, numbering, left_out)


def add_quote_style(styles: Any) -> None:
    """Add the style of paragraphs that are indented as quotations."""
    style = etree.SubElement(styles, _qualified_name(styles, "style"))
    style.set(_qualified_name(styles, "type"), "paragraph")
    style.set(_qualified_name(styles, "styleId"), QUOTE_STYLE)
    name = etree.SubElement(style, _qualified_name(styles, "name"))
    name.set(_qualified_name(styles, "val"), "Quote")


def _qualified_name(root: Any, name: str) -> str:
    return f"{{{etree.QName(root).namespace}}}{name}"


def _lift_text_boxes(root: Any, left_out: Counter[str]) -> None:
    """Move the paragraphs of each text box before the paragraph that it is anchored in. Word writes each twice."""
    for choice in list(root.iter("{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent")):
        fallback = choice.find("{*}Fallback")
        if fallback is not None and choice.find("{*}Choice//{*}txbxContent") is not None:
            choice.remove(fallback)
    for box in list(root.iter("{*}txbxContent")):
        anchor = next((parent for parent in box.iterancestors("{*}p")), None)
        if anchor is None or anchor.getparent() is None:
            continue
        left_out["boxes"] += any((text.text or "").strip() for text in box.iter("{*}t"))
        for block in list(box):
            anchor.addprevious(block)


def _apply_capitals(properties: Any, left_out: Counter[str]) -> None:
    """Write the letters of a run as it prints them, in capitals; small capitals are counted."""
    run = properties.getparent()
    if run is None or etree.QName(run).localname != "r":
        return
    texts = run.findall("{*}t")
    if (caps := properties.find("{*}caps")) is not None and child_value(properties, "caps") not in _OFF:
        properties.remove(caps)
        for text in texts:
            text.text = (text.text or "").upper()
    elif properties.find("{*}smallCaps") is not None and child_value(properties, "smallCaps") not in _OFF:
        left_out["smallcaps"] += any((text.text or "").strip() for text in texts)


def _apply_indents(paragraph: Any, numbering: NumberingCounter, left_out: Counter[str]) -> None:
    """Make a quotation of a paragraph that is indented at both sides; count others that are indented or centered."""
    properties = paragraph.find("{*}pPr")
    if properties is None or properties.find("{*}numPr") is not None:
        return
    style = child_value(properties, "pStyle")
    if re.match(r"heading|title|subtitle|list|.*quot|block", numbering.name_of(style)):
        return
    length = sum(len((text.text or "").strip()) for text in paragraph.iter("{*}t"))
    left_out["centered"] += length > 0 and child_value(properties, "jc") == "center"
    left, right = _indent(properties, "left", "start"), _indent(properties, "right", "end")
    if length < _MIN_PROSE:
        return
    if min(left, right) < _MIN_QUOTE_INDENT:
        left_out["indented"] += left >= _MIN_INDENT
        return
    reference = properties.find("{*}pStyle")
    if reference is None:
        reference = etree.Element(_qualified_name(paragraph, "pStyle"))
        properties.insert(0, reference)
    reference.set(_qualified_name(paragraph, "val"), QUOTE_STYLE)


def _indent(properties: Any, *names: str) -> int:
    """Return an indent of a paragraph in twentieths of a point; 0 for none."""
    indent = properties.find("{*}ind")
    values = () if indent is None else (indent.get(_qualified_name(properties, name)) for name in names)
    return max((int_or(value, 0) for value in values), default=0)
