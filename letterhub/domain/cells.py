"""Cells of a table that a spreadsheet would take for a formula: guarded on the way out, freed on the way in."""

import csv
import io
import re
from collections.abc import Sequence

_PARTS = ";|\\t\\r\\n"
_WHITE = r"\x0b\x0c\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"  # but for what parts cells
_FORMULA = rf"(?=[\"'{_WHITE}]*[=+\-@＝＋－＠﹢﹣﹦﹫])"
_BETWEEN = "\0"
_OPENS = re.compile(rf"(?:^|(?<=[{_PARTS}])){_FORMULA}")
_AMONG = re.compile(rf"[{_BETWEEN}{_PARTS}]{_FORMULA}")
_GUARDED = re.compile(rf"(?:^|(?<=[{_PARTS}]))'{_FORMULA}")


def guarded(value: str) -> str:
    """The value as a cell that every spreadsheet opens as text: an apostrophe stands before what looks like a formula.

    Where a program takes a semicolon, a bar or a tab for the border of cells, what follows one is a cell of its own.
    """
    return _OPENS.sub("'", value)


def guarded_rows(rows: Sequence[Sequence[str]]) -> Sequence[Sequence[str]]:
    """Rows of guarded cells. All of them are looked through at once: most tables hold nothing to guard."""
    if not _AMONG.search(_BETWEEN.join(("", *map(_BETWEEN.join, rows)))):
        return rows
    return [tuple(map(guarded, row)) for row in rows]


def freed(cell: str) -> str:
    """The value that a guarded cell stands for; any other cell is its own value. freed(guarded(value)) is the value."""
    return _GUARDED.sub("", cell)


def written(rows: Sequence[Sequence[str]]) -> str:
    """Rows as CSV that spreadsheets open as text. Each cell stands in quotes: a program that knows no comma keeps it whole."""
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(guarded_rows(rows))
    return out.getvalue()
