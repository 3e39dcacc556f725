"""Program that reads a workbook on stdin, under limits on processor time and memory, and writes its rows to stdout as JSON.

It stands alone: its parent, `workbooks`, starts it for one file, which may be made to exhaust whoever reads it.
"""

import datetime as dt
import io
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

PEEKED_ROWS = 30
MAX_MERGED_ROWS = 10_000
ERROR_CELL = "#ERROR!"
_PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_DOCUMENT = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_FAILED_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})([0-9]{1,7})"'
    rb'(?:[^>]{0,200} t="e"|[^>]{0,200}>\s*<f[^>]{0,500}(?:/>|>[^<]{0,9000}</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>)'
)
"""A cell of XLSX with an error, or with a formula that no program has calculated: the reader gives both as empty cells."""


def main() -> None:
    """Read the order, a line of JSON, and the workbook after it; write what was found."""
    order = json.loads(sys.stdin.buffer.readline())
    resource.setrlimit(resource.RLIMIT_CPU, (order["cpu_seconds"], order["cpu_seconds"] + 1))
    resource.setrlimit(resource.RLIMIT_AS, (order["memory_bytes"],) * 2)
    data = sys.stdin.buffer.read()
    try:
        result = read_workbook(data, order["sheet"], order["max_rows"])
    except PasswordError:
        result = {"failed": "password"}
    except MemoryError:
        result = {"failed": "memory"}
    except (CalamineError, OSError, ValueError) as problem:
        result = {"failed": "password" if "password" in str(problem).casefold() else "damaged", "detail": str(problem)}
    sys.stdout.write(json.dumps(result))


def read_workbook(data: bytes, chosen: str, max_rows: int | None) -> dict[str, Any]:
    """Return the first rows of each sheet, and all rows of the chosen one, of the only one if none is chosen."""
    workbook = CalamineWorkbook.from_object(io.BytesIO(data))
    sheets = [meta for meta in workbook.sheets_metadata if meta.typ is SheetTypeEnum.WorkSheet]
    found, whole = [], {}
    for meta in sheets:
        sheet = workbook.get_sheet_by_name(meta.name)
        is_whole = meta.name == chosen or len(sheets) == 1
        failed = _failed_cells(data, meta.name) if is_whole else frozenset[tuple[int, int]]()
        rows = list(_rows(sheet, failed, max_rows if is_whole else PEEKED_ROWS))
        if is_whole:
            whole = {"name": meta.name, "rows": rows}
        visible = meta.visible is SheetVisibleEnum.Visible
        found.append({"name": meta.name, "visible": visible, "rows": rows[:PEEKED_ROWS]})
    return {"sheets": found, "sheet": whole}


def _rows(sheet: CalamineSheet, failed: frozenset[tuple[int, int]], max_rows: int | None) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a sheet that are not empty, at most one more than so many, each with its number."""
    left, count = (sheet.start or (0, 0))[1], 0
    upper_cell, texts = _merged_downward(sheet), dict[tuple[int, int], str]()
    for number, values in enumerate(sheet.iter_rows() if sheet.start else ()):
        cells = list(map(_text, values))
        for at, cell in enumerate(cells):
            place = (number, left + at)
            if place in failed:
                cells[at] = ERROR_CELL
            elif upper_cell:
                cells[at] = texts[place] = cell or texts.get(upper_cell.get(place, place), "")
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield number + 1, cells
            count += 1
        if max_rows is not None and count > max_rows:
            return


def _merged_downward(sheet: CalamineSheet) -> dict[tuple[int, int], tuple[int, int]]:
    """Return the cell above each cell that is merged with it: what one cell says beside several rows holds for all of them."""
    ranges = sheet.merged_cell_ranges or ()
    return {
        (row, column): (row - 1, column)
        for (top, column), (bottom, _right) in ranges
        for row in range(top + 1, min(bottom, top + MAX_MERGED_ROWS) + 1)
    }


def _text(value: object) -> str:
    """Return a cell as its text: whole numbers without a point, days as 2026-01-07."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "minutes")
    return str(value)


def _failed_cells(data: bytes, sheet: str) -> frozenset[tuple[int, int]]:
    """Return the places of the cells of a sheet of XLSX that hold an error or an uncalculated formula."""
    if not data.startswith(b"PK"):
        return frozenset()
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        if "xl/workbook.xml" not in (names := package.namelist()) or "xl/_rels/workbook.xml.rels" not in names:
            return frozenset()
        book = ET.fromstring(package.read("xl/workbook.xml"))  # noqa: S314 - no entities: see `workbooks`
        links = ET.fromstring(package.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
        targets = {link.get("Id"): link.get("Target", "") for link in links.iter(f"{_PACKAGE}Relationship")}
        sheet_ids = [one.get(f"{_DOCUMENT}id") for one in book.iter(f"{_MAIN}sheet") if one.get("name") == sheet]
        paths = [f"xl/{targets.get(sheet_id, '').removeprefix('/xl/')}" for sheet_id in sheet_ids]
        content = package.read(paths[0]) if paths and paths[0] in names else b""
    return frozenset((int(match[2]) - 1, _column(match[1])) for match in _FAILED_CELL.finditer(content))


def _column(letters: bytes) -> int:
    """Return the number of a column, 0 for A."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


if __name__ == "__main__":
    main()
