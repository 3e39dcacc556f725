"""PDF bookmarks for the sections of a list, collapsed below the one of its title."""

from collections.abc import Sequence
from itertools import pairwise

import pydyf

from letterhub.rendering.pdf.typesetting.pdf_objects import resolve_reference

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
