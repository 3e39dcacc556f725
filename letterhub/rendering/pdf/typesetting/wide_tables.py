"""Fitting of tables that are wider than the text: a smaller font first, and if that is not enough, words that break anywhere.

Only a laid-out letter shows which of its tables are too wide, so such a letter is laid out again.
"""

from collections.abc import Iterator
from typing import Any

from letterhub.rendering.pdf.typesetting.page_layout import LaidOutDocument, page_box

_MIN_FONT_SIZE = 7.0  # points
_SAFETY_FACTOR = 0.98
_POINTS_PER_PIXEL = 0.75  # points in a CSS pixel
_BREAK_ANYWHERE = "overflow-wrap: anywhere"

Box = Any


def narrow_tables(document: LaidOutDocument) -> bool:
    """Give each table that is wider than its room a narrower style; return whether any could be narrowed."""
    wide: dict[Any, tuple[float, float]] = {}
    for page in document.pages:
        for room, table in _tables(page_box(page)):
            if table.width > room + 0.5:
                wide[table.element] = table.style["font_size"] * _POINTS_PER_PIXEL, room / table.width
    narrowed = [_narrow_table(element, size, share) for element, (size, share) in wide.items()]
    return any(narrowed)


def has_cut_table(sheet: Any) -> bool:
    """Return whether words of a table in a parsed page may break anywhere."""
    return any(_BREAK_ANYWHERE in table.get("style", "") for table in sheet.iter("table"))


def _narrow_table(element: Any, size: float, share: float) -> bool:
    if _BREAK_ANYWHERE in element.get("style", ""):
        return False
    wanted = size * share * _SAFETY_FACTOR
    element.set(
        "style", f"font-size: {max(wanted, _MIN_FONT_SIZE):.2f}pt; {_BREAK_ANYWHERE if wanted < _MIN_FONT_SIZE else ''}"
    )
    return True


def _tables(box: Box) -> Iterator[tuple[float, Box]]:
    """Yield each table below a box, or its part on this page, with the width of its container."""
    for child in getattr(box, "children", ()):
        if getattr(child, "is_table_wrapper", False) and child.element_tag == "table":
            yield from ((box.width, table) for table in child.children)
        else:
            yield from _tables(child)
