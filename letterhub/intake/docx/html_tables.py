"""Cells of an HTML table, row by row, with None for the positions that a merged cell covers."""

from collections.abc import Iterator

from letterhub.domain.i18n import _
from letterhub.intake.docx.html_sanitizer import HtmlRefused
from letterhub.intake.docx.html_tree import Node

MAX_SPAN = 40
MAX_CELLS = 20_000


def table_cells(table: Node) -> tuple[list[list[Node | None]], bool]:
    """Return rows as long as the longest, None for a missing cell, and whether cells were merged. Raises HtmlRefused."""
    rows: list[list[Node | None]] = []
    covered_rows: dict[int, int] = {}  # by column, the rows that a cell above still covers
    merged = False
    for row in _rows(table):
        cells: list[Node | None] = []
        for cell in _children(row, "td", "th"):
            while covered_rows.get(len(cells), 0):
                covered_rows[len(cells)] -= 1
                cells.append(None)
            width, height = _span(cell, "colspan"), _span(cell, "rowspan")
            merged = merged or width > 1 or height > 1
            for column in range(len(cells), len(cells) + width):
                covered_rows[column] = height - 1
            cells += [cell, *[None] * (width - 1)]
        while covered_rows.get(len(cells), 0):
            covered_rows[len(cells)] -= 1
            cells.append(None)
        rows.append(cells)
    longest = max(map(len, rows), default=0)
    if longest * len(rows) > MAX_CELLS:
        raise HtmlRefused(_("This text has a table far larger than any in a letter."))
    return [cells + [None] * (longest - len(cells)) for cells in rows if any(cells)], merged


def _rows(table: Node) -> Iterator[Node]:
    yield from _children(table, "tr")
    for part in _children(table, "thead", "tbody", "tfoot"):
        yield from _children(part, "tr")


def _children(node: Node, *tags: str) -> Iterator[Node]:
    return (child for child in node.children if isinstance(child, Node) and child.tag in tags)


def _span(cell: Node, name: str) -> int:
    text = cell.attributes.get(name, "1")
    return min(max(int(text), 1), MAX_SPAN) if text.isascii() and text.isdecimal() and len(text) < 5 else 1
