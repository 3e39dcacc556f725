"""Reading order of a letter: from layout boxes on pages to structure elements in order."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from letterhub.rendering.pdf.reading_order import LinkBox, MarkedContentRef, ReadingOrder, StructurePart


class Element(dict[str, str]):
    """Element of a page, as WeasyPrint's boxes have it: attributes and a tag."""

    def __init__(self, tag: str, **attributes: str) -> None:
        super().__init__({name.rstrip("_"): value for name, value in attributes.items()})
        self.tag = tag


@dataclass(eq=False)
class Box:
    """Painted box of an element, or of a pseudo-element ("li::marker")."""

    element: Element | None
    children: tuple["Box", ...] = ()
    part: str = ""
    link_annotation: object = None
    painted: bool = False
    number: int = field(default=0, init=False)

    @property
    def element_tag(self) -> str | None:
        return self.element.tag + self.part if self.element is not None else None


def text(element: Element, part: str = "") -> Box:
    return Box(element, part=part, painted=True)


def of(element: Element, *children: Box, part: str = "", link: object = None) -> Box:
    return Box(element, children, part, link)


def sheet(*children: Box) -> Box:
    return Box(None, children)


def read(*pages: Box) -> ReadingOrder:
    """Return the reading order of pages whose painted boxes have the marked content IDs 0, 1, 2 … in their order."""
    reading = ReadingOrder("en")
    for number, page in enumerate(pages):
        painted = [box for box in _boxes(page) if box.painted]
        reading.read(number, page, {box: mark for mark, box in enumerate(painted)})
    return reading


def _boxes(box: Box) -> Iterator[Box]:
    yield box
    for child in box.children:
        yield from _boxes(child)


def nested_lists(part: StructurePart) -> Any:
    """Return an element as nested lists: its kind, then contents as "page.number", links as "way", and elements."""
    return [part.kind, *map(_kid, part.children)]


def _kid(kid: StructurePart | MarkedContentRef | LinkBox) -> Any:
    match kid:
        case StructurePart():
            return nested_lists(kid)
        case MarkedContentRef():
            return f"{kid.page}.{kid.number}"
    return "way"


def test_a_paragraph_that_goes_on_over_a_page_is_one() -> None:
    article, paragraph, after = Element("article"), Element("p"), Element("p")
    first = sheet(of(article, of(paragraph, text(paragraph), text(paragraph))))
    second = sheet(of(article, of(paragraph, text(paragraph)), of(after, text(after))))
    whole = read(first, second).end()
    assert nested_lists(whole) == ["Document", ["Art", ["P", "0.0", "0.1", "1.0"], ["P", "1.1"]]]


def test_the_head_of_a_table_is_read_once_though_every_page_repeats_it() -> None:
    table, head, row, cell = Element("table"), Element("thead"), Element("tr"), Element("th")
    page = [sheet(of(table, of(head, of(row, of(cell, text(cell)))))) for _ in range(2)]
    reading = read(*page)
    assert nested_lists(reading.end()) == ["Document", ["Table", ["THead", ["TR", ["TH", "0.0"]]]]]
    assert reading.repeated == [MarkedContentRef(1, 0)]


def note(mark: str, paragraph: Element) -> tuple[Box, Box]:
    """Return the call of a note inside a paragraph, and the note at the foot of the page."""
    span = Element("span", class_="note", id=f"note-{mark}")
    call = of(span, text(paragraph), part="::footnote-call", link="to")
    call.children[0].part, call.children[0].element = "::footnote-call", span
    marker = of(span, Box(span, (), "::footnote-marker", None, True), part="::footnote-marker", link="back")
    return call, of(span, marker, text(span))


def test_a_note_follows_the_block_that_refers_to_it_and_links_lead_both_ways() -> None:
    first, second = Element("p"), Element("p")
    (call_1, note_1), (call_2, note_2) = note("1", first), note("2", first)
    page = sheet(of(first, text(first), call_1, call_2), of(second, text(second)), sheet(note_1, note_2))
    assert nested_lists(read(page).end()) == [
        "Document",
        ["P", "0.0", ["Reference", ["Link", "way", "0.1"]], ["Reference", ["Link", "way", "0.2"]]],
        ["Note", ["Lbl", ["Link", "way", "0.4"]], "0.5"],
        ["Note", ["Lbl", ["Link", "way", "0.6"]], "0.7"],
        ["P", "0.3"],
    ]


def test_a_note_of_an_item_stays_in_its_item() -> None:
    listed, item, inner = Element("ol"), Element("li"), Element("ul")
    call, at_foot = note("1", item)
    marker = of(item, Box(item, (), "::marker", None, True), part="::marker")
    page = sheet(of(listed, of(item, marker, text(item), call, text(item), of(inner))), sheet(at_foot))
    body = ["LBody", "0.1", ["Reference", ["Link", "way", "0.2"]], "0.3", ["Note", ["Lbl", ["Link", "way", "0.4"]], "0.5"]]
    whole = read(page).end()
    assert nested_lists(whole) == ["Document", ["L", ["LI", ["Lbl", "0.0"], body]]]
    assert [part.numerals for part in whole.parts() if part.kind == "L"] == ["1"]


def test_a_language_is_told_where_it_differs_from_what_is_around() -> None:
    article, name, same = Element("article", lang="EN"), Element("bdi", lang="und-Arab"), Element("span", lang="en")
    paragraph = Element("p")
    page = sheet(of(article, of(paragraph, of(name, text(name)), of(same, text(same)))))
    whole = read(page).end()
    assert nested_lists(whole) == ["Document", ["Art", ["P", ["Span", "0.0"], "0.1"]]]
    assert [part.language for part in whole.parts()] == ["en", "", "", "und-Arab"]


def test_text_that_stands_between_blocks_has_a_paragraph_of_its_own() -> None:
    article, block = Element("article"), Element("div")
    page = sheet(of(article, of(block, text(block), text(block))))
    assert nested_lists(read(page).end()) == ["Document", ["Art", ["P", "0.0", "0.1"]]]


def test_what_says_nothing_is_left_out_but_cells_and_the_list_that_waits_for_names() -> None:
    article, empty, cell, names, other = (
        Element("article"),
        Element("p"),
        Element("td"),
        Element("ul", id="names"),
        Element("ul"),
    )
    page = sheet(of(article, of(empty), of(cell), of(names), of(other)))
    assert nested_lists(read(page).end()) == ["Document", ["Art", ["TD"], ["L"]]]


def test_a_link_over_two_lines_is_one() -> None:
    paragraph, link, slanted = Element("p"), Element("a", href="x"), Element("em")
    page = sheet(of(paragraph, of(link, text(link), link=1), of(link, of(slanted, text(slanted), link=2), link=3)))
    assert nested_lists(read(page).end()) == ["Document", ["P", ["Link", "way", "0.0", "way", "way", "0.1"]]]


@dataclass(eq=False)
class Line(Box):
    text_overflow: str = "clip"


@dataclass(eq=False)
class Text(Box):
    text: str = ""


def test_text_from_right_to_left_has_its_words_in_the_order_of_writing_beside_it() -> None:
    paragraph = Element("p")
    first = Line(paragraph, (Text(paragraph, painted=True, text="سلام "), Text(paragraph, painted=True, text="نهر")))
    second = Line(paragraph, (Text(paragraph, painted=True, text="plain"),))
    whole = read(sheet(of(paragraph, first, second))).end()
    assert nested_lists(whole) == ["Document", ["P", ["Span", "0.0"], ["Span", "0.1"], "0.2"]]
    assert [part.logical_text for part in whole.parts() if part.kind == "Span"] == ["سلام ", "نهر "]
