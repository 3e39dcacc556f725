"""Fitting of titles and tables: a title's last line is no lone word, and a table that is wider than the text gets smaller.

Only a laid-out letter shows which of its tables are too wide, so such a letter is laid out again.
"""

from collections.abc import Callable, Iterator
from typing import Any

from letterhub.rendering.pdf.typesetting.entries import FontResources, ListPhrase, PhraseTypesetter
from letterhub.rendering.pdf.typesetting.fonts import FontRegistry, FontStack
from letterhub.rendering.pdf.typesetting.list_job import ListJob
from letterhub.rendering.pdf.typesetting.page_layout import POINTS_PER_PIXEL, LaidOutDocument, page_box
from letterhub.rendering.pdf.typesetting.style import list_style

_TITLE_CLASS = "letter-title"
_FONT_SIZE = 18.0  # 1.5 times that of the text; for a smaller theme the title is a little looser
_TITLE_WIDTH = 393.0  # between the margins of A4; those of US Letter leave two points more
_WIDE_TITLE_WIDTH = 415.0  # between margins of 1.25 inches on A4; with smaller ones the title is shorter than it could be
_EXTRA_WIDTH = 2.0


def balance_title(sheet: Any, job: ListJob) -> None:
    """Give the title of a parsed page the width at which its lines are about equally long."""
    parts = {part.id: part.job(job) for part in job.parts}
    jobs = {element: parts[one.get("id")] for one in sheet.iter("section") if one.get("id") in parts for element in one.iter()}
    for title in (element for element in sheet.iter() if element.get("class") == _TITLE_CLASS):
        text = " ".join("".join(title.itertext()).split())
        if text:
            available_width = _WIDE_TITLE_WIDTH if "letter--wide-text" in job.look else _TITLE_WIDTH
            counter = _line_counter(text, jobs.get(title, job))
            title.set("style", f"max-inline-size: {narrowest_width(counter, available_width):.1f}pt")


def narrowest_width(lines: Callable[[float], int], available_width: float) -> float:
    """Return the least width, up to the available one, at which a text has as few lines as in that; `lines` counts them."""
    wanted, too_narrow, wide = lines(available_width), 0.0, available_width
    while wanted > 1 and wide - too_narrow > 1:
        middle = (too_narrow + wide) / 2
        if lines(middle) > wanted:
            too_narrow = middle
        else:
            wide = middle
    return min(wide + _EXTRA_WIDTH, available_width)


def _line_counter(text: str, job: ListJob) -> Callable[[float], int]:
    """Return a function that counts the lines of a title in a width, in points."""
    families = list_style(job.look).families
    typesetter = PhraseTypesetter(
        FontStack(FontRegistry(), families, True, job.language, localized=job.has_localized_forms),
        _FONT_SIZE,
        FontResources(),
        job.is_rtl,
    )
    phrase = ListPhrase(text, job.language, job.is_rtl)
    return lambda width: len(typesetter.part(phrase, width).lines)


_MIN_FONT_SIZE = 7.0  # points
_SAFETY_FACTOR = 0.98
_BREAK_ANYWHERE = "overflow-wrap: anywhere"

Box = Any


def narrow_tables(document: LaidOutDocument) -> bool:
    """Give tables that are too wide a smaller font; return whether any got one, so that a new layout is needed."""
    wide: dict[Any, tuple[float, float]] = {}  # by element: the font size, and the share of its width that fits
    for page in document.pages:
        for available_width, table in _tables(page_box(page)):
            if table.width > available_width + 0.5:
                wide[table.element] = table.style["font_size"] * POINTS_PER_PIXEL, available_width / table.width
    narrowed = False
    for element, (size, share) in wide.items():
        if _BREAK_ANYWHERE not in element.get("style", ""):
            wanted = size * share * _SAFETY_FACTOR
            breaks = _BREAK_ANYWHERE if wanted < _MIN_FONT_SIZE else ""
            element.set("style", f"font-size: {max(wanted, _MIN_FONT_SIZE):.2f}pt; {breaks}")
            narrowed = True
    return narrowed


def has_cut_table(sheet: Any) -> bool:
    """Return whether `narrow_tables` lets words break anywhere in a table of a parsed page."""
    return any(_BREAK_ANYWHERE in table.get("style", "") for table in sheet.iter("table"))


def _tables(box: Box) -> Iterator[tuple[float, Box]]:
    """Yield the width available to each table inside a box, in pixels, and the table, or its part on this page."""
    for child in getattr(box, "children", ()):
        if getattr(child, "is_table_wrapper", False) and child.element_tag == "table":
            yield from ((box.width, table) for table in child.children)
        else:
            yield from _tables(child)
