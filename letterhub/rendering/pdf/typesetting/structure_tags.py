"""Structure tags of the names, a tagged list for each section over all its pages, and bookmarks for the sections."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pydyf

from letterhub.rendering.pdf.tagged_pdf import StructureTree
from letterhub.rendering.pdf.typesetting.content_stream import MarkedContent
from letterhub.rendering.pdf.typesetting.page_layout import LIST_ID
from letterhub.rendering.pdf.typesetting.pdf_writer import SerializedObject, resolve_reference


@dataclass(frozen=True, slots=True)
class TaggedSection:
    """A section in reading order: the marked content of its heading, None for none, and of each entry."""

    heading: MarkedContent | None
    entries: Sequence[Sequence[MarkedContent]]


class ListStructure:
    """The structure tree of the letter's own text, to which the names are added."""

    def __init__(self, pdf: pydyf.PDF, structure: StructureTree) -> None:
        self._pdf = pdf
        self._pages = pdf.page_references
        self._list_element = structure.named[LIST_ID]
        self._elements_by_page = structure.painted

    def next_mcid(self, page: int) -> int:
        """Return the number of the next marked content of a page."""
        return len(self._elements_by_page[page])

    def add_sections(self, sections: Iterable[TaggedSection], level: int) -> None:
        """Add the sections in place of the letter's empty list, with headings of a level. In PDF, S is an element's type, K are
        its children, and P is its parent."""
        parent = self._list_element
        parent["S"] = "/Sect"
        for section in sections:
            if section.heading:
                parent["K"].append(self._element(b"H%d" % level, parent.reference, [section.heading]))
            list_element = pydyf.Dictionary({"S": "/L", "P": parent.reference})
            self._pdf.add_object(list_element)
            items = [self._item(list_element.reference, marks) for marks in section.entries]
            list_element["K"] = SerializedObject(b"[%s]" % b" ".join(items)).data
            parent["K"].append(bytes(list_element.reference))

    def _item(self, parent: bytes, marks: Sequence[MarkedContent]) -> bytes:
        """Add LI > LBody, and a Span for each part of an entry that has a language of its own; return its reference."""
        item = len(self._pdf.objects)
        self._pdf.add_object(SerializedObject(b"<</S/LI/P %s/K %d 0 R>>" % (parent, item + 1)))
        reference = b"%d 0 R" % item
        if len(marks) == 1 and not (marks[0].language or marks[0].spoken_text):
            self._element(b"LBody", reference, marks)
            return reference
        body = SerializedObject(b"")
        self._pdf.add_object(body)
        parts = [self._element(b"Span", body.reference, [mark]) for mark in marks]
        body.data = b"<</S/LBody/P %s/K[%s]>>" % (reference, b" ".join(parts))
        return reference

    def _element(self, tag: bytes, parent: bytes, marks: Sequence[MarkedContent]) -> bytes:
        """Add a structure element for the one marked content that it holds; return its reference."""
        mark = marks[0]
        language = b"/Lang(%s)" % mark.language.encode() if mark.language else b""
        actual_text = (
            b"/ActualText<feff%s>" % mark.spoken_text.encode("utf-16-be", "replace").hex().encode() if mark.spoken_text else b""
        )
        element = SerializedObject(
            b"<</S/%s/P %s/Pg %s/K %d%s%s>>" % (tag, parent, self._pages[mark.page], mark.number, language, actual_text)
        )
        self._pdf.add_object(element)
        reference = bytes(element.reference)
        self._elements_by_page[mark.page].append(reference)
        return reference


Bookmark = tuple[str, bytes, float, float]
"""A bookmark: its title, its page, and the distance from the page's left and bottom edges, in points."""


def bookmark_sections(pdf: pydyf.PDF, sections: Sequence[Bookmark]) -> None:
    """Add bookmarks below the last one of the letter, which is that of its list."""
    if not sections:
        return
    title = resolve_reference(pdf, pdf.catalog["Outlines"])
    while "Last" in title:
        title = resolve_reference(pdf, title["Last"])
    bookmarks = [
        pydyf.Dictionary(
            {
                "Title": pydyf.String(name),
                "Dest": pydyf.Array((page, "/XYZ", left, foot, 0)),
                "Parent": title.reference,
            }
        )
        for name, page, left, foot in sections
    ]
    for bookmark in bookmarks:
        pdf.add_object(bookmark)
    for bookmark, following in pairwise(bookmarks):
        bookmark["Next"], following["Prev"] = following.reference, bookmark.reference
    title["First"], title["Last"], title["Count"] = bookmarks[0].reference, bookmarks[-1].reference, -len(bookmarks)
