"""Lines of the letterhead that do not fit side by side: each printed line becomes a paragraph, so that none ends with "·"."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from letterhub.rendering.pdf.typesetting.page_layout import LaidOutDocument, page_box

_CLASS = "letter-sender-lines"

Element = Any


def split_sender_lines(document: LaidOutDocument, sheet: Element, pages: Sequence[int] = (0,)) -> bool:
    """Split the paragraph of a letterhead's lines where it was broken after a separator; return whether it was. Letterheads are
    on these pages."""
    boxes = [box for number in pages for box in page_box(document.pages[number]).descendants()]
    with_separator = {box.element for box in boxes if box.element_tag == "span::after"}
    tops = {box.element: box.position_y for box in boxes if box.element_tag == "span"}
    for parent in [element for element in sheet.iter() if any(child.get("class") == _CLASS for child in element)]:
        for paragraph in [child for child in parent if child.get("class") == _CLASS]:
            lines = [line for line in paragraph if line in tops]
            for line, following in pairwise(lines):
                if line in with_separator and tops[following] > tops[line] + 1:
                    _split_after(line, paragraph, parent)
                    return True
    return False


def _split_after(line: Element, paragraph: Element, parent: Element) -> None:
    """Move what follows a line to a paragraph of its own."""
    moved = list(paragraph)[list(paragraph).index(line) + 1 :]
    following = paragraph.makeelement(paragraph.tag, dict(paragraph.attrib))
    for element in moved:
        paragraph.remove(element)
        following.append(element)
    parent.insert(list(parent).index(paragraph) + 1, following)
