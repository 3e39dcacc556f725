"""Cells of a table that a spreadsheet would take for a formula: guarded on the way out, freed on the way in."""

import re

_FORMULA = re.compile(r"'*\s*[=+\-@＝＋－＠﹢﹣﹦﹫]")


def guarded(value: str) -> str:
    """The value as a cell that every spreadsheet opens as text: an apostrophe stands before what looks like a formula."""
    return f"'{value}" if _FORMULA.match(value) else value


def freed(cell: str) -> str:
    """The value that a guarded cell stands for; any other cell is its own value. freed(guarded(value)) is the value."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
