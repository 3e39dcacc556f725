"""Cells of a table that a spreadsheet would take for a formula: guarded on the way out, freed on the way in."""

import re
from collections.abc import Sequence

_START = r"'*\s*[=+\-@＝＋－＠﹢﹣﹦﹫]"
_FORMULA = re.compile(_START)
_BETWEEN = "\0"
_AMONG = re.compile(_BETWEEN + _START)


def guarded(value: str) -> str:
    """The value as a cell that every spreadsheet opens as text: an apostrophe stands before what looks like a formula."""
    return f"'{value}" if _FORMULA.match(value) else value


def guarded_rows(rows: Sequence[tuple[str, ...]]) -> Sequence[tuple[str, ...]]:
    """Rows of guarded cells. All of them are looked through at once: most tables hold nothing to guard."""
    if not _AMONG.search(_BETWEEN.join(("", *map(_BETWEEN.join, rows)))):
        return rows
    return [tuple(map(guarded, row)) for row in rows]


def freed(cell: str) -> str:
    """The value that a guarded cell stands for; any other cell is its own value. freed(guarded(value)) is the value."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
