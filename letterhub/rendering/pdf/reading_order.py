"""Reading order of a letter: its parts as a tree, gathered from the boxes of its pages.

A part that continues on the next page stays one part; a note follows the block that refers to it; what a page repeats is kept
apart. A box is anything with WeasyPrint's `element`, `element_tag` and `children`.

See docs/design/pdf.md.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

SOFT_HYPHEN = "\u00ad"

Box = Any
Element = Any


class MarkedContentRef(NamedTuple):
    """Marked content: its page, and its number (MCID) on that page."""

    page: int
    number: int


class LinkBox(NamedTuple):
    """The rectangle of a link on a page: an annotation in PDF."""

    page: int
    annotation: Any


@dataclass(eq=False, slots=True)
class StructurePart:
    """One part of a letter with its PDF structure type: "P", "H1", "Note". `name` is its element's id.

    `alt_text` is the alternative text of a picture, whose `frame` is in pixels from the top left of its page; `logical_text`
    is its text in logical order, if it is painted in another. `numerals` are those of a numbered list, as in HTML's `type`.
    """

    kind: str
    above: "StructurePart | None" = None
    children: list["StructurePart | MarkedContentRef | LinkBox"] = field(default_factory=list)
    language: str = ""
    name: str = ""
    alt_text: str = ""
    logical_text: str = ""
    numerals: str = ""
    frame: tuple[float, float, float, float] | None = None

    def part(self, kind: str) -> "StructurePart":
        """Return a new last part inside this one."""
        child = StructurePart(kind, self)
        self.children.append(child)
        return child

    @property
    def spoken(self) -> str:
        """The language of this part, its own or inherited."""
        return self.language or (self.above.spoken if self.above else "")

    def parts(self) -> Iterator["StructurePart"]:
        """Yield this part and all inside it, in reading order."""
        yield self
        for kid in self.children:
            if isinstance(kid, StructurePart):
                yield from kid.parts()


_STRUCTURE_TYPES: Mapping[str, str] = {
    "article": "Art",
    "section": "Sect",
    "blockquote": "BlockQuote",
    "p": "P",
    "pre": "P",
    **{f"h{level}": f"H{level}" for level in range(1, 7)},
    "ul": "L",
    "ol": "L",
    "table": "Table",
    "thead": "THead",
    "tbody": "TBody",
    "tr": "TR",
    "th": "TH",
    "td": "TD",
}
_BLOCK_TYPES = frozenset({"P", *(f"H{level}" for level in range(1, 7))})
_CONTAINER_TYPES = frozenset({"Document", "Art", "Sect", "BlockQuote"})
_MAY_BE_EMPTY = frozenset({"TH", "TD"})


class ReadingOrder:
    """Builder of the parts of one letter, page after page."""

    def __init__(self, language: str) -> None:
        self.whole = StructurePart("Document", language=language)
        self.repeated: list[MarkedContentRef] = []
        self._parts: dict[tuple[int, str], StructurePart] = {}
        self._head_pages: dict[int, int] = {}  # the first page of each table head
        self._calls: dict[int, StructurePart] = {}  # references of notes, and notes, by the note's element
        self._notes: dict[int, StructurePart] = {}
        self._line_ends: set[int] = set()  # ids of the last boxes of lines

    def read(self, page: int, box: Box, marks: Mapping[Box, int]) -> None:
        """Add a page, given the numbers of its boxes' marked content."""
        self._walk(box, self.whole, _Page(page, marks))

    def end(self) -> StructurePart:
        """Return the whole letter, each note after the block that refers to it, without empty parts."""
        for element, note in self._notes.items():
            _insert_note_after(self._calls.get(element), note, self.whole)
        _remove_empty_parts(self.whole)
        return self.whole

    def _walk(self, box: Box, into: StructurePart, page: "_Page") -> None:
        """Add a box and all inside it to a part: links, painted content, and parts of their own for most elements."""
        box = getattr(box, "_box", box)  # stands in for a box that is set elsewhere
        if box.element_tag == "thead" and self._head_pages.setdefault(id(box.element), page.number) != page.number:
            self.repeated += page.marks_below(box)  # the head of a table, repeated on a later page
            return
        part = self._part_of(box, into)
        if box.link_annotation is not None:
            _enclosing_link(part).children.append(LinkBox(page.number, box.link_annotation))
        if hasattr(box, "text_overflow"):  # a line
            last = box
            while getattr(last, "children", ()):
                last = last.children[-1]
            self._line_ends.add(id(last))
        if box in page.marks:
            self._text_part(box, part).children.append(MarkedContentRef(page.number, page.marks[box]))
        for child in getattr(box, "children", ()):
            self._walk(child, part, page)

    def _text_part(self, box: Box, part: StructurePart) -> StructurePart:
        """Return the part for a painted text: the one around it, or a paragraph in it if it holds blocks only.

        A text with words from right to left gets a part of its own, which says the text in logical order; one that ends in
        the middle of a word, too: it says that the hyphen is none of the word's.
        """
        if part.kind in _CONTAINER_TYPES:
            last = part.children[-1] if part.children else None
            if not isinstance(last, StructurePart) or last.kind != "P" or last.name:
                last = part.part("P")
            part = last
        text = getattr(box, "text", "")
        if not text.isascii() and any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in text):
            part = part.part("Span")
            part.logical_text = text.rstrip() + " " if id(box) in self._line_ends else text
        elif getattr(box, "letterhub_divides_word", False):
            part = part.part("Span")
            part.logical_text = text[:-1] + SOFT_HYPHEN
        return part

    def _part_of(self, box: Box, into: StructurePart) -> StructurePart:
        """Return the part of a box: boxes of one element share it, over lines and pages."""
        if box.element is None or box.element_tag in ("html", "body"):
            return into
        key = id(box.element), box.element_tag
        if key not in self._parts:
            self._parts[key] = self._new_part(box, into)
        return self._parts[key]

    def _new_part(self, box: Box, into: StructurePart) -> StructurePart:
        """Return a new part for the first box of an element, or the part around it if the element needs none."""
        element, (tag, _, pseudo) = box.element, box.element_tag.partition("::")
        match pseudo or tag:
            case "footnote-call":
                self._calls[id(element)] = reference = into.part("Reference")
                return reference.part("Link")
            case "footnote-marker":
                return into.part("Lbl").part("Link")
            case "marker":
                item = into.above or into
                label = StructurePart("Lbl", item)
                item.children.insert(0, label)  # before the body of the item
                return label
            case "span" if "note" in element.get("class", "").split():
                self._notes[id(element)] = note = StructurePart("Note", name=element.get("id", ""))
                return note
            case "li":
                return into.part("LI").part("LBody")
            case "img" | "figcaption":
                return _figure_part(box, into)
            case "a":
                return (into.part("Reference") if element.get("role") == "doc-noteref" else into).part("Link")
            case _ if pseudo:
                return into
        return _part_for_element(element, _STRUCTURE_TYPES.get(tag, ""), into)


class _Page(NamedTuple):
    number: int
    marks: Mapping[Box, int]

    def marks_below(self, box: Box) -> Iterator[MarkedContentRef]:
        """Yield the marked content of a box and of all inside it."""
        if box in self.marks:
            yield MarkedContentRef(self.number, self.marks[box])
        for child in getattr(box, "children", ()):
            yield from self.marks_below(child)


def _part_for_element(element: Element, kind: str, into: StructurePart) -> StructurePart:
    """Return a new part for an element that has a type or another language than its surroundings; else the part around it."""
    language = element.get("lang", "")
    foreign = language if language.casefold() != into.spoken.casefold() else ""
    if not kind and not foreign:
        return into
    part = into.part(kind or "Span")
    part.language = foreign
    part.name = element.get("id", "")
    part.numerals = element.get("type", "1") if element.tag == "ol" else ""
    return part


def _figure_part(box: Box, into: StructurePart) -> StructurePart:
    """Return a new part for a picture, or for a caption, which belongs to the picture before it."""
    if box.element_tag == "figcaption":
        figures = [kid for kid in into.children if isinstance(kid, StructurePart) and kid.kind == "Figure"]
        return (figures[-1] if figures else into).part("Caption")
    figure = into.part("Figure")
    figure.alt_text = box.element.get("alt", "")
    left, top = box.content_box_x(), box.content_box_y()
    figure.frame = left, top, left + box.width, top + box.height
    return figure


def _enclosing_link(part: StructurePart) -> StructurePart:
    """Return the link that a part is or is inside of, else a new link inside the part."""
    around: StructurePart | None = part
    while around is not None and around.kind != "Link":
        around = around.above
    return around or part.part("Link")


def _insert_note_after(call: StructurePart | None, note: StructurePart, whole: StructurePart) -> None:
    """Insert a note after the paragraph or heading that has its reference, `call`, and after other notes there.

    After the reference itself if that is in neither; at the end of the letter, `whole`, if the note has no reference.
    """
    block = call or whole
    while block.above and block.kind not in _BLOCK_TYPES:
        block = block.above
    if not block.above:
        block = call or note
    around = note.above = block.above or whole
    at = next((after for after, kid in enumerate(around.children, start=1) if kid is block), len(around.children))
    for kid in around.children[at:]:
        if isinstance(kid, StructurePart) and kid.kind not in ("Note", "Link", "Reference", "Span"):
            break
        at += 1
    around.children.insert(at, note)


def _remove_empty_parts(part: StructurePart) -> None:
    """Remove empty parts, except table cells and named lists, whose items are added later."""
    for kid in [kid for kid in part.children if isinstance(kid, StructurePart)]:
        _remove_empty_parts(kid)
        if not kid.children and kid.kind not in _MAY_BE_EMPTY and not (kid.kind == "L" and kid.name):
            part.children.remove(kid)
