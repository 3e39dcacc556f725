"""Builder of DOCX elements: paragraphs, runs, links and fields, in the order that Word insists on."""

from copy import deepcopy
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Inches
from lxml.etree import SubElement, _Element

from letterhub.rendering.ooxml import xml_text

COLUMN_GAP = 480  # twentieths of a point
MAX_PICTURE_HEIGHT = Inches(7)
XML_SPACE = qn("xml:space")


@dataclass(frozen=True, slots=True)
class RunFormat:
    """Formatting of a run; `language` and `direction` only if they differ from the letter's."""

    bold: bool = False
    italic: bool = False
    struck: bool = False
    mono: bool = False
    raised: str = ""  # "superscript" or "subscript"
    link: bool = False
    language: str = ""
    direction: str = ""


@dataclass(slots=True)
class DocxBuilder:
    """Builder of one story of a file: body, notes, a header or a footer; `part` has the relationships of its links.

    `width` is that of the text, in English Metric Units, of which an inch has 914,400.
    """

    story: _Element
    part: Part
    rtl: bool
    width: int = Inches(6.5)

    def paragraph(
        self,
        style: str = "Normal",
        *,
        number: tuple[int, int] | None = None,
        keep: bool = False,
        new_page: bool = False,
        indent: int = 0,
        alignment: str = "",
    ) -> _Element:
        """Return a new paragraph at the end of the story; `number` is its list id and level, `keep` ties it to the next one,
        `new_page` begins a page with it, `indent` is in twentieths of a point, and `alignment` is "end", "center" or "".
        """
        paragraph = OxmlElement("w:p")
        properties = SubElement(paragraph, qn("w:pPr"))
        _add_value(properties, "w:pStyle", style)
        if keep:
            SubElement(properties, qn("w:keepNext"))
        if new_page:
            SubElement(properties, qn("w:pageBreakBefore"))
        if number:
            numbering = SubElement(properties, qn("w:numPr"))
            _add_value(numbering, "w:ilvl", str(number[1]))
            _add_value(numbering, "w:numId", str(number[0]))
        if self.rtl:
            SubElement(properties, qn("w:bidi"))
        if indent:
            SubElement(properties, qn("w:ind"), {qn("w:start"): str(indent)})
        if alignment:
            _add_value(properties, "w:jc", alignment)
        self._append(paragraph)
        return paragraph

    def untie(self, paragraph: _Element) -> None:
        """Let the page end after a paragraph that was tied to the next one."""
        for tie in list(paragraph.iter(qn("w:keepNext"))):
            tie.getparent().remove(tie)

    def _append(self, block: _Element) -> None:
        """Add a paragraph or table at the end of the story, but before the section properties that end a body."""
        last = next(self.story.iterchildren(reversed=True), None)  # story[-1] would walk through all children
        if last is not None and last.tag == qn("w:sectPr"):
            last.addprevious(block)
        else:
            self.story.append(block)

    def run(self, into: _Element, text: str, run_format: RunFormat = RunFormat()) -> None:
        """Add text to the end of a paragraph or link."""
        run = self.empty_run(into, run_format)
        SubElement(run, qn("w:t"), {XML_SPACE: "preserve"}).text = xml_text(text)

    def empty_run(self, into: _Element, run_format: RunFormat) -> _Element:
        """Return a new formatted run at the end of a paragraph or link, to be filled with text."""
        run = SubElement(into, qn("w:r"))
        properties = SubElement(run, qn("w:rPr"))
        if run_format.link:
            _add_value(properties, "w:rStyle", "Hyperlink")
        if run_format.mono:
            SubElement(properties, qn("w:rFonts"), {qn("w:ascii"): "Courier New", qn("w:hAnsi"): "Courier New"})
        toggles = ((run_format.bold, "w:b w:bCs"), (run_format.italic, "w:i w:iCs"), (run_format.struck, "w:strike"))
        for name in " ".join(names for is_on, names in toggles if is_on).split():
            SubElement(properties, qn(name))
        if run_format.raised:
            _add_value(properties, "w:vertAlign", run_format.raised)
        is_rtl = run_format.direction == "rtl" if run_format.direction else self.rtl
        if is_rtl:
            SubElement(properties, qn("w:rtl"))
        if run_format.language:
            SubElement(properties, qn("w:lang"), {qn("w:val"): run_format.language, qn("w:bidi"): run_format.language})
        return run

    def picture(self, into: _Element, data: bytes, description: str, share: float) -> None:
        """Add a picture to a paragraph: a share of the text's width, or with 0 its own, as far as a page has room."""
        story: Any = self.part
        inline = story.new_pic_inline(BytesIO(data), None, None)
        width, height = inline.extent.cx, inline.extent.cy
        scale = min((share or min(1.0, width / self.width)) * self.width / width, MAX_PICTURE_HEIGHT / height)
        for extent in (inline.extent, inline.graphic.graphicData.pic.spPr.xfrm.ext):
            extent.cx, extent.cy = int(width * scale), int(height * scale)
        inline.docPr.set("descr", xml_text(description))
        SubElement(self.empty_run(into, RunFormat()), qn("w:drawing")).append(inline)

    def underline(self, paragraph: _Element) -> None:
        """Draw a line below a paragraph, over its whole width."""
        properties = paragraph.find(qn("w:pPr"))
        border = OxmlElement("w:pBdr")
        SubElement(border, qn("w:bottom"), {qn("w:val"): "single", qn("w:sz"): "4", qn("w:space"): "1", qn("w:color"): "auto"})
        properties.insert_element_before(border, *_AFTER_BORDER)

    def line_break(self, into: _Element) -> None:
        """Add a line break to a paragraph."""
        SubElement(SubElement(into, qn("w:r")), qn("w:br"))

    def link(self, into: _Element, address: str) -> _Element:
        """Return a new link to a web or mail address, to be filled with runs."""
        relationship_id = self.part.relate_to(xml_text(address), RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        return SubElement(into, qn("w:hyperlink"), {qn("r:id"): relationship_id, qn("w:history"): "1"})

    def field(self, into: _Element, instruction: str) -> None:
        """Add a field that Word computes itself: "PAGE", "NUMPAGES"."""
        field_element = SubElement(into, qn("w:fldSimple"), {qn("w:instr"): instruction})
        SubElement(self.empty_run(field_element, RunFormat()), qn("w:t")).text = "1"

    def table(self, style: str = "TableGrid") -> _Element:
        """Return a new table at the end of the story, to be filled with rows."""
        table = OxmlElement("w:tbl")
        properties = SubElement(table, qn("w:tblPr"))
        _add_value(properties, "w:tblStyle", style)
        if self.rtl:
            SubElement(properties, qn("w:bidiVisual"))
        SubElement(properties, qn("w:tblW"), {qn("w:w"): "5000", qn("w:type"): "pct"})
        SubElement(table, qn("w:tblGrid"))
        self._append(table)
        return table

    def end_section(self, columns: int, *, first: bool = False) -> None:
        """End a section of the body with its last paragraph: what it has is set in columns, and the next begins on its page.

        The `first` section alone has another head and foot on its first page.
        """
        whole = next(self.story.iterchildren(reversed=True))
        paragraph, section = whole.getprevious(), deepcopy(whole)
        for old in (*section.findall(qn("w:cols")), *section.findall(qn("w:type"))):
            section.remove(old)
        if not first:
            for element in section.findall(qn("w:titlePg")):
                section.remove(element)
        width = {qn("w:num"): str(columns), qn("w:space"): str(COLUMN_GAP)} if columns > 1 else {qn("w:space"): str(COLUMN_GAP)}
        section.insert_element_before(_new_element("w:cols", width), "w:titlePg", "w:docGrid")
        if self.rtl and columns > 1:  # the first column is on the right
            section.insert_element_before(OxmlElement("w:bidi"), "w:docGrid")
        kind = {qn("w:val"): "nextPage" if first else "continuous"}
        section.insert_element_before(_new_element("w:type", kind), "w:pgSz")
        paragraph.find(qn("w:pPr")).append(section)
        if first:
            self._continue_section(whole)

    def _continue_section(self, section: _Element) -> None:
        """Have the last section of the body begin on the page where the one before it ends, without a first page of its own."""
        for element in (*section.findall(qn("w:titlePg")), *section.findall(qn("w:type"))):
            section.remove(element)
        section.insert_element_before(_new_element("w:type", {qn("w:val"): "continuous"}), "w:pgSz")

    def row(self, table: _Element, *, head: bool = False, whole: bool = False) -> _Element:
        """Return a new row of a table, to be filled with cells; no page ends within a `whole` one."""
        row = SubElement(table, qn("w:tr"))
        properties = SubElement(row, qn("w:trPr")) if head or whole else row
        if whole:
            SubElement(properties, qn("w:cantSplit"))
        if head:
            SubElement(properties, qn("w:tblHeader"))
        return row

    def cell(self, row: _Element) -> "DocxBuilder":
        """Return a builder for a new cell of a row; the table's grid gets a column for it if it has none."""
        grid = row.getparent().find(qn("w:tblGrid"))
        if len(grid) < len(row.findall(qn("w:tc"))) + 1:
            SubElement(grid, qn("w:gridCol"))
        return DocxBuilder(SubElement(row, qn("w:tc")), self.part, self.rtl, self.width // 3)


_AFTER_BORDER = ("w:shd", "w:tabs", "w:bidi", "w:spacing", "w:ind", "w:jc", "w:rPr")
"""Properties of a paragraph that the schema has after its border, as far as the letter uses them."""


def _new_element(name: str, attributes: dict[str, str]) -> _Element:
    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(key, value)
    return element


def _add_value(properties: _Element, name: str, value: str) -> None:
    SubElement(properties, qn(name), {qn("w:val"): value})
