"""Page layout around the list: the start of the names, the pages added for them, and the tail below them.

The letter is laid out once by WeasyPrint, with an empty list in place of the names, what follows the names on a page of its
own, and one blank page at the end. Nothing here knows what a name looks like.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from weasyprint import Document
from weasyprint.document import Page
from weasyprint.formatting_structure.boxes import Box, FootnoteAreaBox, LineBox, ReplacedBox

LaidOutDocument = Document

_POINTS_PER_PIXEL = 0.75  # points in a CSS pixel
TAIL_SPACE = 18.0
LIST_ID = "roll"


@dataclass(frozen=True, slots=True)
class ListArea:
    """The list area: the number of its first page, its edges, and its lowest point; in points from the top left.

    `tail` is the number of pages after the list, and `tail_height` the height of their content if there is just one.
    """

    page: int
    top: float
    bottom: float
    left: float
    right: float
    full_top: float
    full_bottom: float
    tail: int
    tail_height: float

    @property
    def width(self) -> float:
        """The width of the text."""
        return self.right - self.left


def list_area(document: Document) -> ListArea:
    """Return the list area of a laid-out letter; its last page must be the blank one."""
    pages = document.pages
    first = first_list_page(document)
    box, blank = page_box(pages[first]), page_box(pages[-1])
    left, top = blank.content_box_x(), blank.content_box_y()
    foot = min([area.position_y for area in footnotes(box)], default=top + blank.height)
    tail = pages[first + 1 : -1]
    return ListArea(
        page=first,
        top=pages[first].anchors[LIST_ID][1] * _POINTS_PER_PIXEL,
        bottom=foot * _POINTS_PER_PIXEL,
        left=left * _POINTS_PER_PIXEL,
        right=(left + blank.width) * _POINTS_PER_PIXEL,
        full_top=top * _POINTS_PER_PIXEL,
        full_bottom=(top + blank.height) * _POINTS_PER_PIXEL,
        tail=len(tail),
        tail_height=_content_height(tail[0]) * _POINTS_PER_PIXEL if len(tail) == 1 else 0.0,
    )


def first_list_page(document: Document) -> int:
    """Return the number of the page on which the list begins."""
    return next(number for number, page in enumerate(document.pages) if LIST_ID in page.anchors)


def add_list_pages(document: Document, area: ListArea, last: int, end: float) -> Document:
    """Return the letter with `last` pages added for names, and the tail moved below `end` if it fits.

    `end` is the end of the names on the last page, in points from the top of the page.
    """
    pages = document.pages
    letter, tail, blank = pages[: area.page + 1], pages[area.page + 1 : -1], pages[-1]
    names = [*letter, *[blank] * last]
    bottom = area.full_bottom if last else area.bottom
    if len(tail) == 1 and end + TAIL_SPACE + area.tail_height <= bottom:
        shift = (end + TAIL_SPACE - area.full_top) / _POINTS_PER_PIXEL
        names[-1] = _append_tail(names[-1], tail[0], shift)
        tail = []
    return document.copy([*names, *tail])


def _append_tail(page: Page, tail: Page, shift: float) -> Page:
    """Return a page with the content of another one moved below its own."""
    box = page_box(page)
    moved = [_move_box(child, shift) for child in text_boxes(page_box(tail))]
    return Page(box.copy_with_children([*box.children, *moved]))


def _move_box(box: Box, shift: float) -> Box:
    box.translate(dy=shift)
    return box


def page_box(page: Page) -> Box:
    """Return the box of a page: WeasyPrint has no public way to join two pages."""
    return page._page_box  # noqa: SLF001


def _content_height(page: Page) -> float:
    """Return the distance from the top of the text to the foot of the last line or picture of a page."""
    box = page_box(page)
    leaves = (leaf for child in text_boxes(box) for leaf in child.descendants() if isinstance(leaf, LineBox | ReplacedBox))
    return float(max((leaf.position_y + leaf.margin_height() for leaf in leaves), default=0.0) - box.content_box_y())


def text_boxes(page_box: Box) -> Sequence[Box]:
    """Return the boxes of the text itself on a page."""
    return [child for child in page_box.children if child.element is not None and child.element_tag == "html"]


def footnotes(page_box: Box) -> Iterator[Box]:
    """Yield the footnote areas of a page."""
    return (child for child in page_box.children if isinstance(child, FootnoteAreaBox) and child.children)


def own_lines(box: Box) -> list[Box]:
    """Return the lines of a box itself, and of none inside it."""
    return [child for child in getattr(box, "children", ()) if isinstance(child, LineBox)]
