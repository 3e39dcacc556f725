"""Escaping of table cells against formula injection on export, and its reversal on import. See docs/design/tables-in.md."""

import csv
import io
import re
from collections.abc import Sequence

_SEPARATORS = ";|\\t\\r\\n"
_WHITE = r"\x0b\x0c\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"  # without the separators of cells
_FORMULA = rf"(?=[\"'{_WHITE}]*[=+\-@＝＋－＠﹢﹣﹦﹫])"
_FORMULA_START = re.compile(rf"(?:^|(?<=[{_SEPARATORS}])){_FORMULA}")
_MAYBE_FORMULA = re.compile(rf'["{_SEPARATORS}]{_FORMULA}')
"""Beginning of a quoted cell, or a separator in one, and a formula after it; a quote within a cell looks alike."""
_ESCAPED = re.compile(rf"(?:^|(?<=[{_SEPARATORS}]))'{_FORMULA}")


def escape_cell(value: str) -> str:
    """Escape a value so that every spreadsheet opens it as text: with an apostrophe before what looks like a formula.

    Programs may split cells at a semicolon, bar or tab, so the text after one is escaped as a cell of its own.
    """
    return _FORMULA_START.sub("'", value)


def unescape_cell(cell: str) -> str:
    """Remove the escaping of a cell: unescape_cell(escape_cell(value)) is the value. Other cells are returned unchanged."""
    return _ESCAPED.sub("", cell)


def to_csv(rows: Sequence[Sequence[str]]) -> str:
    """Write rows as CSV that spreadsheets open as text. Every cell is quoted, for programs that split at other separators.

    One search over the whole table skips the common case without formulas.
    """
    table = _quoted_csv(rows)
    return _quoted_csv([tuple(map(escape_cell, row)) for row in rows]) if _MAYBE_FORMULA.search(table) else table


def _quoted_csv(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(rows)
    return out.getvalue()
