"""Layout of a table: its separator, its row of headings, and the titles above it. See docs/design/tables-in.md."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from letterhub.domain.i18n import _
from letterhub.domain.line_validation import normalize_line
from letterhub.intake.errors import FileRefused
from letterhub.intake.tables.choices import TableChoices
from letterhub.intake.tables.columns import count_known_fields
from letterhub.intake.tables.opened_table import HEADER_SEARCH_ROWS, MIN_KNOWN_FIELDS, OpenedTable, likely_separator
from letterhub.intake.tables.workbooks import Record

MAX_TITLE_LENGTH = 60
MAX_NAMED = 12
_OTHER_QUOTES = re.compile(r"['‘’‚“”„«»].+['’‘”“»«]", re.DOTALL)
_ALIGNED = re.compile(r"\S {2,}\S")
_ROWS_TO_COUNT_COLUMNS_IN = 1_000


class TableQuestion(FileRefused):
    """Raised for a table that can be read in more than one way, which staff have to choose from."""


@dataclass(frozen=True, slots=True)
class TableLayout:
    """Separator of a table, and the position of its row of headings among its rows, None if it has none.

    `question` is raised where that is a guess which nobody has agreed to; `notes` are on what stands above the headings.
    """

    separator: str
    header_at: int | None
    question: TableQuestion | None = None
    notes: tuple[str, ...] = ()

    def header(self, records: Sequence[Record]) -> Record:
        """Return the row of headings; "Column 1" and so on for a table without."""
        if self.header_at is not None:
            return records[self.header_at]
        width = max((len(record.cells) for record in records[:_ROWS_TO_COUNT_COLUMNS_IN]), default=0)
        return Record(0, [_("Column %(number)s", number=number + 1) for number in range(width)])

    def body(self, records: Sequence[Record]) -> Sequence[Record]:
        """Return the rows below the headings."""
        return records[self.header_at + 1 :] if self.header_at is not None else records


def find_layout(table: OpenedTable, choices: TableChoices) -> TableLayout:
    """Return the layout of a table as chosen, or as its headings show it. Raises FileRefused if it cannot be read."""
    separators = [choices.separator] if choices.separator else table.separators
    if choices.header_line is not None:
        return _chosen_layout(table, choices, separators)
    best = min(_header_candidates(table, separators, choices), key=lambda candidate: candidate[:3], default=None)
    if best is None:
        separator = choices.separator or likely_separator(table)
        rows = list(islice(table.records(separator), HEADER_SEARCH_ROWS))
        first = next((at for at, row in enumerate(rows) if non_empty_cells(row)), None)
        is_list = first is not None and all(len(row.cells) <= 1 for row in rows)
        header = rows[first] if first is not None else Record(1, [])
        question = TableQuestion(table.file, _unknown_headings(header), line=header.line)
        return TableLayout(separator, None if is_list else first, question)
    *_rank, separator, at = best
    records = list(islice(table.records(separator), at + 1 + HEADER_SEARCH_ROWS))
    _check_cells(records[at], records[at + 1 :], table.file)
    try:
        notes = tuple(_title_notes(records[:at], records[at], table.file))
        _check_below(records[at + 1 :], records[at], table.file)
        return TableLayout(separator, at, None, notes)
    except TableQuestion as question:
        return TableLayout(separator, at, question)


def _unknown_headings(header: Record) -> str:
    """Return the sentence for a table whose first row names nothing that says who signed."""
    cells = [f"“{normalize_line(cell)[:MAX_TITLE_LENGTH]}”" for cell in non_empty_cells(header)]
    found = ", ".join([*cells[:MAX_NAMED], *("…" for _more in cells[MAX_NAMED : MAX_NAMED + 1])])
    return _(
        "no heading says who signed. Found: %(found)s. Expected one such as organization, signer_name, or first_name and "
        "last_name.",
        found=found or "—",
    )


def non_empty_cells(record: Record) -> list[str]:
    """Return the cells of a row that hold something."""
    return [cell.strip() for cell in record.cells if cell.strip()]


def _chosen_layout(table: OpenedTable, choices: TableChoices, separators: Iterable[str]) -> TableLayout:
    """Return the layout with the chosen line of headings, and the separator under which most of it is known."""
    if choices.header_line == 0:
        return TableLayout(choices.separator or likely_separator(table), None)
    found: list[tuple[int, int, str, int]] = []
    for separator in separators:
        with suppress(FileRefused):
            for at, record in enumerate(table.records(separator)):
                if record.line == choices.header_line:
                    known = count_known_fields(record.cells, choices.named)
                    found.append((known, len(non_empty_cells(record)), separator, at))
                if record.line >= (choices.header_line or 0):
                    break
    if not found:
        raise FileRefused(table.file, _("there is no line %(line)s.", line=choices.header_line))
    _known, _count, separator, at = max(found, key=lambda one: one[:2])
    titles = [cell for record in islice(table.records(separator), at) for cell in non_empty_cells(record)]
    return TableLayout(separator, at, None, tuple(_title_note(titles, choices.header_line or 0)))


def _header_candidates(
    table: OpenedTable, separators: Iterable[str], choices: TableChoices
) -> Iterator[tuple[bool, int, int, str, int]]:
    """Yield rows that name who signed, the best being the smallest: two known fields before one, then the first, then the most.

    Not the one that names the most: somebody may have typed headings as answers. If no row names two fields, one is enough.
    """
    for separator in separators:
        with suppress(FileRefused):
            for at, record in enumerate(islice(table.records(separator), HEADER_SEARCH_ROWS)):
                if count := count_known_fields(record.cells, choices.named):
                    yield count < MIN_KNOWN_FIELDS, record.line, -count, separator, at


def _title_notes(above: Sequence[Record], header: Record, file: str) -> Iterator[str]:
    """Yield a note on the titles above the header. Raises TableQuestion if they may be rows of names."""
    titles: list[str] = []
    for record in above:
        cells = non_empty_cells(record)
        is_like_header = len(non_empty_cells(header)) == 1 or count_known_fields(cells) > 0
        if len(cells) > 1 or (cells and is_like_header):
            sentence = _(
                "this reads like the row of headings, but line %(line)s, above it, would be lost. If these are the headings, "
                "delete what is above them. If not, name the columns in the first row.",
                line=record.line,
            )
            raise TableQuestion(file, sentence, line=header.line)
        titles += cells
    yield from _title_note(titles, header.line)


def _check_cells(header: Record, below: Sequence[Record], file: str) -> None:
    """Raise FileRefused for headings between marks other than straight double quotes, or in columns that spaces make."""
    cells = non_empty_cells(header)
    if len(cells) > 1 and all(map(_OTHER_QUOTES.fullmatch, cells)):
        sentence = _(
            "the cells are in other quotation marks, such as %(heading)s. Use straight double ones, or none.", heading=cells[0]
        )
        raise FileRefused(file, sentence, line=header.line)
    first = next(filter(None, map(non_empty_cells, below)), [])
    if all(len(row) == 1 and _ALIGNED.search(row[0]) for row in (cells, first)):
        sentence = _("spaces separate the columns, and stand inside names, too. Separate the columns by tabs or semicolons.")
        raise FileRefused(file, sentence, line=header.line)


def _check_below(below: Sequence[Record], header: Record, file: str) -> None:
    """Raise TableQuestion if the first row below the headings names more of our fields than they do."""
    first = next((record for record in below if non_empty_cells(record)), None)
    if first and count_known_fields(first.cells) > max(count_known_fields(header.cells), MIN_KNOWN_FIELDS - 1):
        sentence = _(
            "this reads like the row of headings, and so does line %(line)s, below it. If that one has the headings, delete "
            "what is above it. If not, name the columns in the first row.",
            line=first.line,
        )
        raise TableQuestion(file, sentence, line=header.line)


def _title_note(titles: Sequence[str], line: int) -> Iterator[str]:
    if titles:
        quoted = ", ".join(f"“{normalize_line(title)[:MAX_TITLE_LENGTH]}”" for title in titles[:HEADER_SEARCH_ROWS])
        yield _("Line %(line)s names the columns. Left out above it: %(titles)s.", line=line, titles=quoted)
