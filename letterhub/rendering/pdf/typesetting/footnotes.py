"""Footnote placement: keeps notes on the page that refers to them, where WeasyPrint would move some to the next.

Only a laid-out letter shows which notes moved. The block that took the place of the first is sent to the next page, and the
letter is laid out again.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from letterhub.rendering.pdf.typesetting.page_layout import (
    ANNEXES_ID,
    LaidOutDocument,
    first_list_page,
    footnotes,
    own_lines,
    page_box,
    text_boxes,
)

_MAX_LAYOUTS, _MAX_LAYOUT_PAGES = (
    12,
    240,
)  # times that a letter is laid out again for its notes, and pages that this takes: a long one less often
_PAGE_BREAK = "break-before: page"
_BODY_CLASS = "letter-body"
_HEADINGS = ("h2", "h3", "h4", "h5", "h6")

Box = Any
Element = Any
Block = tuple[Element, list[Element]]


def fix_misplaced_note(document: LaidOutDocument, sheet: Element) -> bool:
    """Move a block to the next page, so that the first misplaced note that this can help has room beside its reference.

    Returns whether one was moved; then the letter has to be laid out again.
    """
    bodies = [element for element in sheet.iter() if _BODY_CLASS in str(element.get("class", "")).split()]
    most_breaks = max(2, min(_MAX_LAYOUTS, _MAX_LAYOUT_PAGES // len(document.pages)))
    inside = [element for body in bodies for element in body.iter()]
    if not bodies or sum(_PAGE_BREAK in element.get("style", "") for element in inside) >= most_breaks:
        return False
    parents = {child: parent for parent in inside for child in parent}
    note_pages = _note_pages(document)
    previous_blocks: list[Element] = []
    seen_calls: set[Element] = set()
    for number, page in enumerate(document.pages):
        blocks = [block for box in text_boxes(page_box(page)) for block in _blocks(box)]
        page_blocks = [element for element, _ in blocks]
        for element, calls in blocks:
            is_misplaced = any(note_pages.get(call) != number for call in calls if call not in seen_calls)
            seen_calls.update(calls)  # the head of a table refers to its notes on every page
            if is_misplaced:
                for block in (page_blocks[-1], element):
                    if _move_to_next_page(block, page_blocks, previous_blocks, parents):
                        return True
        previous_blocks = page_blocks
    return False


def has_unplaced_note(document: LaidOutDocument, sheet: Element) -> bool:
    """Return whether a note has no page because none has room for it: a note of the text, up to the page where the names begin,
    or of an annex."""
    note_pages = _note_pages(document)
    last = first_list_page(document)
    notes = [span for span in sheet.iter("span") if "note" in span.get("class", "").split()]
    annexed = {note for annexes in sheet.iter("article") if annexes.get("id") == ANNEXES_ID for note in annexes.iter("span")}
    return any(note not in note_pages if note in annexed else note_pages.get(note, last + 1) > last for note in notes)


def _note_pages(document: LaidOutDocument) -> Mapping[Element, int]:
    """Return the number of the page that each note is on, by the note's element."""
    return {
        note.element: number
        for number, page in enumerate(document.pages)
        for area in footnotes(page_box(page))
        for note in area.children
    }


def _blocks(box: Box) -> Iterator[Block]:
    """Yield each block of lines in a box, with the notes that it refers to."""
    if lines := own_lines(box):
        inside = (box for line in lines for box in line.descendants())
        yield box.element, [box.element for box in inside if box.element_tag == "span::footnote-call"]
        return
    for child in getattr(box, "children", ()):
        yield from _blocks(child)


def _move_to_next_page(
    block: Element, page_blocks: list[Element], previous_blocks: list[Element], parents: Mapping[Element, Element]
) -> bool:
    """Move a block to the next page, with the headings above it.

    Returns False, and moves nothing, if what moves with it begins the page or a previous one, or was moved before.
    """
    if block not in parents:
        return False
    opening = _start_of_block(block, parents)
    inside = set(opening.iter())
    if page_blocks[0] in inside or inside & set(previous_blocks) or _PAGE_BREAK in opening.get("style", ""):
        return False
    opening.set("style", f"{opening.get('style', '')}; {_PAGE_BREAK}".lstrip("; "))
    return True


def _start_of_block(block: Element, parents: Mapping[Element, Element]) -> Element:
    """Return the element that has to move for a block to move: the item, list or table that it begins, or a heading above."""
    while True:
        parent = parents[block]
        siblings = list(parent)
        at = siblings.index(block)
        if at and siblings[at - 1].tag in _HEADINGS:
            block = siblings[at - 1]
        elif parent.tag in ("tr", "table") or (at == 0 and parent in parents):
            block = parent
        else:
            return block
