"""Builder of DOCX elements: paragraphs, runs, links and fields, in the order that Word insists on."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from lxml.etree import SubElement, _Element

from letterhub.domain.digits import with_digits
from letterhub.rendering.office.builder import UNFORMATTED, ListPlace, OfficeBuilder, RunFormat, picture_size
from letterhub.rendering.office_packages import xml_text

COLUMN_GAP = 480  # twentieths of a point
XML_SPACE = qn("xml:space")
SUPERSCRIPT = RunFormat(raised="superscript")


@dataclass(slots=True)
class DocxBuilder(OfficeBuilder):
    """Builder of one story of a DOCX file; `part` has the relationships of its links."""

    part: Part

    def paragraph(
        self,
        style: str,
        *,
        place: ListPlace | None = None,
        keep: bool = False,
        new_page: bool = False,
        alignment: str = "",
    ) -> _Element:
        is_first_of_note = self.note_kind and len(self.story) == 0
        paragraph = OxmlElement("w:p")
        properties = SubElement(paragraph, qn("w:pPr"))
        _add_value(properties, "w:pStyle", style)
        if keep:
            SubElement(properties, qn("w:keepNext"))
        if new_page:
            SubElement(properties, qn("w:pageBreakBefore"))
        if place and place.begins_item:
            numbering = SubElement(properties, qn("w:numPr"))
            _add_value(numbering, "w:ilvl", str(place.level))
            _add_value(numbering, "w:numId", str(place.list_id))
        if self.rtl:
            SubElement(properties, qn("w:bidi"))
        if place and place.indent:
            SubElement(properties, qn("w:ind"), {qn("w:start"): str(place.indent)})
        if alignment:
            _add_value(properties, "w:jc", alignment)
        self._append(paragraph)
        if is_first_of_note:
            SubElement(self.empty_run(paragraph, SUPERSCRIPT), qn(f"w:{self.note_kind}noteRef"))
            self.run(paragraph, " ")
        return paragraph

    def untie(self, paragraph: _Element) -> None:
        for tie in list(paragraph.iter(qn("w:keepNext"))):
            tie.getparent().remove(tie)

    def _append(self, block: _Element) -> None:
        """Add a paragraph or table at the end of the story, but before the section properties that end a body."""
        last = next(self.story.iterchildren(reversed=True), None)  # story[-1] would walk through all children
        if last is not None and last.tag == qn("w:sectPr"):
            last.addprevious(block)
        else:
            self.story.append(block)

    def run(self, into: _Element, text: str, run_format: RunFormat = UNFORMATTED) -> None:
        run = self.empty_run(into, run_format)
        SubElement(run, qn("w:t"), {XML_SPACE: "preserve"}).text = xml_text(text)

    def note_reference(self, into: _Element, note: OfficeBuilder) -> None:
        note_id = {qn("w:id"): note.story.get(qn("w:id"), "")}
        SubElement(self.empty_run(into, SUPERSCRIPT), qn(f"w:{note.note_kind}noteReference"), note_id)

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
        inline = self._inline_picture(data, description)
        size = picture_size(inline.extent.cx, inline.extent.cy, share, self.width)
        for extent in (inline.extent, inline.graphic.graphicData.pic.spPr.xfrm.ext):
            extent.cx, extent.cy = size
        SubElement(self.empty_run(into, UNFORMATTED), qn("w:drawing")).append(inline)

    def logo(self, into: _Element, data: bytes, description: str, height: int, *, gap: str = "") -> None:
        run = SubElement(into, qn("w:r"))
        if gap:
            SubElement(run, qn("w:t"), {XML_SPACE: "preserve"}).text = gap
        SubElement(run, qn("w:drawing")).append(self._inline_picture(data, description, height))

    def _inline_picture(self, data: bytes, description: str, height: int | None = None) -> Any:
        story: Any = self.part
        inline = story.new_pic_inline(BytesIO(data), None, height)
        if description:
            inline.docPr.set("descr", xml_text(description))
        return inline

    def underline(self, paragraph: _Element) -> None:
        properties = paragraph.find(qn("w:pPr"))
        border = OxmlElement("w:pBdr")
        SubElement(border, qn("w:bottom"), {qn("w:val"): "single", qn("w:sz"): "4", qn("w:space"): "1", qn("w:color"): "auto"})
        properties.insert_element_before(border, *_AFTER_BORDER)

    def line_break(self, into: _Element) -> None:
        SubElement(SubElement(into, qn("w:r")), qn("w:br"))

    def link(self, into: _Element, address: str) -> _Element:
        relationship_id = self.part.relate_to(xml_text(address), RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        return SubElement(into, qn("w:hyperlink"), {qn("r:id"): relationship_id, qn("w:history"): "1"})

    def field(self, into: _Element, instruction: str, digits: str) -> None:
        field_element = SubElement(into, qn("w:fldSimple"), {qn("w:instr"): instruction})
        SubElement(self.empty_run(field_element, UNFORMATTED), qn("w:t")).text = with_digits("1", digits)

    def table(self, style: str = "TableGrid") -> _Element:
        table = OxmlElement("w:tbl")
        properties = SubElement(table, qn("w:tblPr"))
        _add_value(properties, "w:tblStyle", style)
        if self.rtl:
            SubElement(properties, qn("w:bidiVisual"))
        SubElement(properties, qn("w:tblW"), {qn("w:w"): "5000", qn("w:type"): "pct"})
        SubElement(table, qn("w:tblGrid"))
        self._append(table)
        return table

    @contextmanager
    def columns(self, count: int) -> Iterator["DocxBuilder"]:
        """End the section before, and then one in columns. The first section alone has another head and foot on its first
        page.
        """
        self._end_section(1)
        yield self
        self._end_section(count)

    def _end_section(self, columns: int) -> None:
        """End a section of the body with its last paragraph: what it has is set in columns, and the next begins on its page."""
        whole = next(self.story.iterchildren(reversed=True))
        is_first = whole.find(qn("w:type")) is None
        paragraph, section = whole.getprevious(), deepcopy(whole)
        for old in (*section.findall(qn("w:cols")), *section.findall(qn("w:type"))):
            section.remove(old)
        if not is_first:
            for element in section.findall(qn("w:titlePg")):
                section.remove(element)
        width = {qn("w:num"): str(columns), qn("w:space"): str(COLUMN_GAP)} if columns > 1 else {qn("w:space"): str(COLUMN_GAP)}
        section.insert_element_before(_new_element("w:cols", width), "w:titlePg", "w:docGrid")
        if self.rtl and columns > 1:  # the first column is on the right
            section.insert_element_before(OxmlElement("w:bidi"), "w:docGrid")
        kind = {qn("w:val"): "nextPage" if is_first else "continuous"}
        section.insert_element_before(_new_element("w:type", kind), "w:pgSz")
        paragraph.find(qn("w:pPr")).append(section)
        if is_first:
            self._continue_section(whole)

    def _continue_section(self, section: _Element) -> None:
        """Let the last section of the body begin on the page where the one before it ends, without a first page of its own."""
        for element in (*section.findall(qn("w:titlePg")), *section.findall(qn("w:type"))):
            section.remove(element)
        section.insert_element_before(_new_element("w:type", {qn("w:val"): "continuous"}), "w:pgSz")

    def row(self, table: _Element, *, head: bool = False, whole: bool = False) -> _Element:
        row = SubElement(table, qn("w:tr"))
        properties = SubElement(row, qn("w:trPr")) if head or whole else row
        if whole:
            SubElement(properties, qn("w:cantSplit"))
        if head:
            SubElement(properties, qn("w:tblHeader"))
        return row

    def cell(self, row: _Element) -> "DocxBuilder":
        grid = row.getparent().find(qn("w:tblGrid"))
        if len(grid) < len(row.findall(qn("w:tc"))) + 1:
            SubElement(grid, qn("w:gridCol"))
        return DocxBuilder(SubElement(row, qn("w:tc")), self.rtl, self.width // 3, self.part)


_AFTER_BORDER = ("w:shd", "w:tabs", "w:bidi", "w:spacing", "w:ind", "w:jc", "w:rPr")
"""Properties of a paragraph that the schema has after its border, as far as the letter uses them."""


def _new_element(name: str, attributes: dict[str, str]) -> _Element:
    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(key, value)
    return element


def _add_value(properties: _Element, name: str, value: str) -> None:
    SubElement(properties, qn(name), {qn("w:val"): value})
