"""Opened table: the rows of a text file or of a workbook's sheet, before their columns are understood."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import islice

from letterhub.domain.i18n import _
from letterhub.intake.errors import FileRefused
from letterhub.intake.tables.choices import ONE_COLUMN, SEPARATORS, TableChoices
from letterhub.intake.tables.columns import count_known_fields
from letterhub.intake.tables.encodings import Reading
from letterhub.intake.tables.file_types import MAX_BYTES, decode_as, guess_encoding, workbook_type
from letterhub.intake.tables.workbooks import Record, Sheet, WorkbookLimits, read_workbook

MAX_COLUMNS = 16_384  # the limit of spreadsheets, which write them all if somebody once touched the edge of a sheet
MAX_ROWS = 10_000
HEADER_SEARCH_ROWS = 20
MIN_KNOWN_FIELDS = 2
"""Fields that a row names which is surely one of headings."""
_UPLOAD_LIMITS = WorkbookLimits(5, 512 * 2**20, 64 * 2**20, MAX_ROWS + HEADER_SEARCH_ROWS)
_OWN_LIMITS = WorkbookLimits(120, 3 * 2**30, 2**30, None)
_ESCAPED_BAR, _HIDDEN_BAR = r"\|", "\ufdd0"
"""Bar inside a cell, as a Markdown table writes it, and the character that stands for it while the cells are split."""


@dataclass(frozen=True, slots=True)
class OpenedTable:
    """Rows of a table. A text has an `encoding`, and `readings` where that is a guess; a workbook has `sheets`.

    `sheet` is the one that is read, "" where staff have to choose.
    """

    file: str
    text: str = ""
    encoding: str = ""
    readings: tuple[Reading, ...] = ()
    sheets: tuple[Sheet, ...] = ()
    sheet: str = ""
    rows: tuple[Record, ...] = ()

    @property
    def is_workbook(self) -> bool:
        """True if the rows are those of a sheet: then no separator is looked for."""
        return bool(self.sheets)

    @property
    def separators(self) -> Sequence[str]:
        """Return what may separate the cells."""
        return ("",) if self.is_workbook else SEPARATORS

    def records(self, separator: str) -> Iterator[Record]:
        """Yield the rows, of a text split at a separator. Raises FileRefused for a row that is none."""
        if self.is_workbook:
            return iter(self.rows)
        if separator == ONE_COLUMN:
            lines = self.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
            return (Record(number, [line] if line.strip() else []) for number, line in enumerate(lines, start=1))
        return _split_records(self.text, separator, self.file)


def open_table(data: bytes, file: str, choices: TableChoices, *, is_upload: bool) -> OpenedTable:
    """Return a file as a table of text, or as the chosen or likeliest sheet of a workbook. Raises FileRefused."""
    if not workbook_type(data, file):
        encoding, readings = (choices.encoding, ()) if choices.encoding else guess_encoding(data, file)
        return OpenedTable(file, decode_as(data, encoding, file), encoding, readings)
    if len(data) > MAX_BYTES:
        raise FileRefused(file, _("the file is larger than %(most)s MB.", most=MAX_BYTES // 2**20))
    limits = _UPLOAD_LIMITS if is_upload else _OWN_LIMITS
    workbook = read_workbook(data, file, choices.sheet, limits)
    if choices.sheet and not workbook.chosen:
        raise FileRefused(file, _("there is no sheet “%(sheet)s”.", sheet=choices.sheet))
    sheets = tuple(sheet for sheet in workbook.sheets if sheet.first_rows)
    if not sheets:
        raise FileRefused(file, _("the spreadsheet is empty."))
    sheet = workbook.chosen or _only_table(sheets)
    if sheet and sheet != workbook.chosen:
        workbook = read_workbook(data, file, sheet, limits)
    rows = workbook.rows if sheet else sheets[0].first_rows
    return OpenedTable(file, sheets=sheets, sheet=sheet, rows=rows)


def _only_table(sheets: Sequence[Sheet]) -> str:
    """Return the name of the only sheet with rows, or else with headings that we know; "" if there are several."""
    visible = [sheet for sheet in sheets if sheet.is_visible]
    for candidates in (visible, [sheet for sheet in visible if _has_header(sheet)]):
        if len(candidates) == 1:
            return candidates[0].name
    return ""


def _has_header(sheet: Sheet) -> bool:
    rows = sheet.first_rows[:HEADER_SEARCH_ROWS]
    return any(count_known_fields(record.cells) >= MIN_KNOWN_FIELDS for record in rows)


def likely_separator(table: OpenedTable) -> str:
    """Return the separator that splits the first rows into the same number of cells, the most there are; none if none does."""
    best, cells = ONE_COLUMN, 1
    for separator in () if table.is_workbook else SEPARATORS:
        try:
            rows = [record.cells for record in islice(table.records(separator), 3 * HEADER_SEARCH_ROWS) if any(record.cells)]
        except FileRefused:
            continue
        counts = {len(row) for row in rows}
        if len(counts) == 1 and (count := counts.pop()) > cells and len(rows) > 1:
            best, cells = separator, count
    return "" if table.is_workbook else best


def _split_records(text: str, separator: str, file: str) -> Iterator[Record]:
    """Yield the records of a table with the line that each begins on; blank lines are records without cells."""
    is_barred = separator == "|" and _ESCAPED_BAR in text  # as Markdown writes a bar inside a cell
    lines = StringIO(text.replace(_ESCAPED_BAR, _HIDDEN_BAR) if is_barred else text, newline="")
    reader = csv.reader(lines, delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            if len(cells) > MAX_COLUMNS:
                raise FileRefused(file, _("the row has more than %(most)s columns.", most=f"{MAX_COLUMNS:,}"), line=line)
            yield Record(line, [cell.replace(_HIDDEN_BAR, "|") for cell in cells] if is_barred else cells)
            line = reader.line_num + 1
    except csv.Error as problem:
        sentence = _("this row cannot be read as a row of a table.")
        if "unexpected end" in str(problem):
            sentence = _("a quotation mark opens here and never closes.")
        elif "expected after" in str(problem):
            sentence = _("there is a quotation mark inside a cell. Inside quotes, write it twice.")
        raise FileRefused(file, sentence, line=line) from None
