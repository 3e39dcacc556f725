"""Fitting of tables that are wider than the text: a smaller font first, and if that is not enough, words that break anywhere.

Only a laid-out letter shows which of its tables are too wide, so such a letter is laid out again.
"""

from collections.abc import Iterator
from typing import Any

from letterhub.rendering.pdf.typesetting.page_layout import Laid, page_box

_SMALLEST = 7.0  # points
_SPARE = 0.98
_POINTS = 0.75  # points in a CSS pixel
_CUT = "overflow-wrap: anywhere"

Box = Any


def narrow_tables(document: Laid) -> bool:
    """Give each table that is wider than its room a narrower style; return whether any could be narrowed."""
    wide: dict[Any, tuple[float, float]] = {}
    for page in document.pages:
        for room, table in _tables(page_box(page)):
            if table.width > room + 0.5:
                wide[table.element] = table.style["font_size"] * _POINTS, room / table.width
    narrowed = [_narrowed(element, size, share) for element, (size, share) in wide.items()]
    return any(narrowed)


def has_cut_table(sheet: Any) -> bool:
    """Return whether words of a table in a parsed page may break anywhere."""
    return any(_CUT in table.get("style", "") for table in sheet.iter("table"))


def _narrowed(element: Any, size: float, share: float) -> bool:
    if _CUT in element.get("style", ""):
        return False
    wanted = size * share * _SPARE
    element.set("style", f"font-size: {max(wanted, _SMALLEST):.2f}pt; {_CUT if wanted < _SMALLEST else ''}")
    return True


def _tables(box: Box) -> Iterator[tuple[float, Box]]:
    """Yield each table below a box, or its part on this page, with the width of its container."""
    for child in getattr(box, "children", ()):
        if getattr(child, "is_table_wrapper", False) and child.element_tag == "table":
            yield from ((box.width, table) for table in child.children)
        else:
            yield from _tables(child)
