"""Builder of OpenDocument elements: paragraphs, runs, links, pictures, tables and columns."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from docx.image.image import Image
from lxml.etree import _Element

from letterhub.domain.digits import LATIN, with_digits
from letterhub.rendering.letter.list_labels import LabelStyle
from letterhub.rendering.odt.elements import Attributes, add_element, add_text, name, new_element
from letterhub.rendering.odt.style_sheet import (
    CENTERED_STYLES,
    LINK_STYLE,
    MONO_FONT,
    OUTLINE_LEVELS,
    STYLE_NAMES,
    direction_attributes,
    inches,
    language_attributes,
)
from letterhub.rendering.odt.styles import AutomaticStyles, number_format_of
from letterhub.rendering.office.builder import UNFORMATTED, ListPlace, OfficeBuilder, RunFormat, picture_size
from letterhub.rendering.office_packages import xml_text

FIELDS = {"PAGE": "text:page-number", "NUMPAGES": "text:page-count"}
ISOLATES = {"rtl": "\u2067{}\u2069", "ltr": "\u2066{}\u2069"}
"""Characters that keep the direction of a phrase to itself: OpenDocument has no other way within a paragraph."""
NOTE_CLASSES = {"foot": "footnote", "end": "endnote"}
_LINE = "0.5pt solid #000000"


@dataclass(slots=True)
class NumberedList:
    """List of a file: the name of its style, the number of its next item, 0 for bullets, and its element while it is open."""

    style: str
    number: int
    element: _Element | None = None


@dataclass(slots=True)
class OdtParts:
    """Parts that the stories of a file share: automatic styles, lists by id, and pictures by their names in the file."""

    rtl: bool
    styles: AutomaticStyles = field(default_factory=AutomaticStyles)
    lists: list[NumberedList] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)
    sections: int = 0

    def new_list(self, start: int, style: LabelStyle) -> int:
        """Return the id of a new list."""
        self.lists.append(NumberedList(self.styles.list_style(style if start else None, rtl=self.rtl), start))
        return len(self.lists) - 1


@dataclass(slots=True)
class OdtBuilder(OfficeBuilder):
    """Builder of one story of an OpenDocument file."""

    parts: OdtParts

    def paragraph(
        self,
        style: str,
        *,
        place: ListPlace | None = None,
        keep: bool = False,
        new_page: bool = False,
        alignment: str = "",
    ) -> _Element:
        properties: Attributes = {}
        if keep:
            properties["fo:keep-with-next"] = "always"
        if new_page:
            properties["fo:break-before"] = "page"
        if self.rtl is not self.parts.rtl:
            properties |= direction_attributes(rtl=self.rtl, centered=style in CENTERED_STYLES)
        if alignment:
            properties["fo:text-align"] = "center" if alignment == "center" else "left" if self.rtl else "right"
        if style == "ListContinue":  # its indent is the list's
            style = "ListParagraph"
        names = {"text:style-name": self.parts.styles.paragraph(STYLE_NAMES[style], properties)}
        container = self._list_item(place) if place else self.story
        if level := OUTLINE_LEVELS.get(style):
            return add_element(container, "text:h", names | {"text:outline-level": str(level)})
        return add_element(container, "text:p", names)

    def _list_item(self, place: ListPlace) -> _Element:
        """Return the item of a list that a paragraph belongs to, in the lists that are open around it."""
        container = self.story
        for _ in range(place.level):
            outer = _last_child(container, "text:list")
            container = _last_child(outer, "text:list-item")
        numbered = self.parts.lists[place.list_id]
        element: _Element = container[-1] if len(container) else None
        if element is None or element is not numbered.element:
            element = add_element(container, "text:list", {"text:style-name": numbered.style})
            numbered.element = element
        is_new = len(element) == 0
        if not place.begins_item:
            return add_element(element, "text:list-header") if is_new else element[-1]
        start = {"text:start-value": str(numbered.number)} if numbered.number and is_new else {}
        numbered.number += bool(numbered.number)
        return add_element(element, "text:list-item", start)

    def untie(self, paragraph: _Element) -> None:
        self._change(paragraph, "fo:keep-with-next", "")

    def underline(self, paragraph: _Element) -> None:
        self._change(paragraph, "fo:border-bottom", _LINE)

    def _change(self, paragraph: _Element, attribute: str, value: str) -> None:
        key = name("text:style-name")
        paragraph.set(key, self.parts.styles.changed_paragraph(paragraph.get(key, ""), attribute, value))

    def run(self, into: _Element, text: str, run_format: RunFormat = UNFORMATTED) -> None:
        text = ISOLATES[run_format.direction].format(text) if run_format.direction else text
        properties = _text_properties(run_format)
        if properties:
            into = add_element(into, "text:span", {"text:style-name": self.parts.styles.style("text", properties)})
        add_text(into, text)

    def note_reference(self, into: _Element, note: OfficeBuilder) -> None:
        into.append(note.story.getparent())

    def line_break(self, into: _Element) -> None:
        add_element(into, "text:line-break")

    def link(self, into: _Element, address: str) -> _Element:
        target = {"xlink:type": "simple", "xlink:href": xml_text(address), "office:name": xml_text(address)}
        return add_element(into, "text:a", target | {"text:style-name": LINK_STYLE, "text:visited-style-name": LINK_STYLE})

    def field(self, into: _Element, instruction: str, digits: str) -> None:
        number_format = {} if digits == LATIN else {"style:num-format": number_format_of(digits)}
        add_element(into, FIELDS[instruction], number_format, with_digits("1", digits))

    def picture(self, into: _Element, data: bytes, description: str, share: float) -> None:
        image = Image.from_blob(data)
        self._add_picture(into, data, image.ext, description, picture_size(image.width, image.height, share, self.width))

    def logo(self, into: _Element, data: bytes, description: str, height: int, *, gap: str = "") -> None:
        image = Image.from_blob(data)
        add_text(into, gap)
        self._add_picture(into, data, image.ext, description, (image.width * height // image.height, height))

    def _add_picture(self, into: _Element, data: bytes, ending: str, description: str, size: tuple[int, int]) -> None:
        path = f"Pictures/{hashlib.sha256(data).hexdigest()[:32]}.{ending}"
        self.parts.pictures[path] = data
        decorative = {} if description else {"loext:decorative": "true"}
        position = {"style:vertical-pos": "top", "style:vertical-rel": "baseline"}
        place = {"draw:style-name": self.parts.styles.style("graphic", position | decorative), "text:anchor-type": "as-char"}
        extent = {"svg:width": inches(size[0]), "svg:height": inches(size[1])}
        frame = add_element(into, "draw:frame", place | extent)
        load = {"xlink:href": path, "xlink:type": "simple", "xlink:show": "embed", "xlink:actuate": "onLoad"}
        add_element(frame, "draw:image", load)
        if description:
            add_element(frame, "svg:desc", text=description)

    def table(self, style: str = "TableGrid") -> _Element:
        shape = {"style:rel-width": "100%", "table:align": "margins", "table:border-model": "collapsing"}
        shape["style:writing-mode"] = "rl-tb" if self.rtl else "lr-tb"
        kind = {"table:template-name": style} if style == "TableGrid" else {}
        return add_element(self.story, "table:table", {"table:style-name": self.parts.styles.style("table", shape), **kind})

    def row(self, table: _Element, *, head: bool = False, whole: bool = False) -> _Element:
        keep = {"fo:keep-together": "always"}
        names = {"table:style-name": self.parts.styles.style("table-row", keep)} if whole else {}
        return add_element(_last_child(table, "table:table-header-rows") if head else table, "table:table-row", names)

    def cell(self, row: _Element) -> "OdtBuilder":
        table = next(row.iterancestors(name("table:table")))
        has_lines = table.get(name("table:template-name")) is not None
        border = {"fo:border": _LINE, "fo:padding": "3pt"} if has_lines else {"fo:padding": "0pt"}
        cell = add_element(row, "table:table-cell", {"table:style-name": self.parts.styles.style("table-cell", border)})
        columns = len(table.findall(name("table:table-column")))
        if columns < len(row):
            table.insert(columns, new_element("table:table-column"))
        return replace(self, story=cell, width=self.width // 3)

    @contextmanager
    def columns(self, count: int) -> Iterator["OdtBuilder"]:
        """Add a section whose columns have even lengths."""
        self.parts.sections += 1
        direction = {"style:writing-mode": "rl-tb" if self.rtl else "lr-tb", "text:dont-balance-text-columns": "false"}
        names = {"text:style-name": self.parts.styles.columns(count, direction), "text:name": f"Names {self.parts.sections}"}
        yield replace(self, story=add_element(self.story, "text:section", names))


def _last_child(parent: _Element, prefixed: str) -> _Element:
    """Return the last child of an element if it has this name, else a new one."""
    last = parent[-1] if len(parent) else None
    return last if last is not None and last.tag == name(prefixed) else add_element(parent, prefixed)


def _text_properties(run_format: RunFormat) -> Attributes:
    """Return the properties of a run's style."""
    properties: Attributes = {}
    for script, prefix in (("", "fo"), ("-asian", "style"), ("-complex", "style")):
        if run_format.bold:
            properties[f"{prefix}:font-weight{script}"] = "bold"
        if run_format.italic:
            properties[f"{prefix}:font-style{script}"] = "italic"
    if run_format.struck:
        properties["style:text-line-through-style"] = "solid"
    if run_format.mono:
        properties["style:font-name"] = MONO_FONT
    if run_format.raised:
        properties["style:text-position"] = "super 62%" if run_format.raised == "superscript" else "sub 62%"
    return properties | (language_attributes(run_format.language) if run_format.language else {})
