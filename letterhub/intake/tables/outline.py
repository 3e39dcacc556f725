"""Outline of a table for the page on which staff say what its columns are: headings, sample values, and what is a guess.

See docs/design/tables-in.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from letterhub.domain.i18n import _
from letterhub.domain.line_validation import normalize_line
from letterhub.intake.tables.choices import AS_IT_IS, TableChoices
from letterhub.intake.tables.code_pages import ENCODING_LABELS
from letterhub.intake.tables.column_synonyms import is_known_heading, normalize_heading
from letterhub.intake.tables.columns import map_columns
from letterhub.intake.tables.encodings import Reading
from letterhub.intake.tables.file_types import guess_encoding
from letterhub.intake.tables.layout import TableLayout, find_layout, non_empty_cells
from letterhub.intake.tables.opened_table import HEADER_SEARCH_ROWS, MIN_KNOWN_FIELDS, OpenedTable
from letterhub.intake.tables.target_fields import NAMING, SIGNATORY_FIELDS, TargetField, target_keys
from letterhub.intake.tables.workbooks import Record

SAMPLES = 3
MAX_SAMPLE_LENGTH = 80
MAX_SHOWN_COLUMNS = 200
_SAMPLED_ROWS = 300


@dataclass(frozen=True, slots=True)
class OutlinedColumn:
    """A column: its position, heading and first values, the field that it is read as, and whether its heading is known."""

    at: int
    heading: str
    samples: tuple[str, ...]
    field: str
    is_known: bool


@dataclass(frozen=True, slots=True)
class TableOutline:
    """Outline of a table before it is read: sheet, encoding, separator, row of headings, columns.

    `readings` are what its letters may be, empty where the encoding is certain, and `is_guess` says that nobody has chosen one;
    `first_rows` are what may be headings. `question` says why the columns have to be asked, "" if all is known.
    """

    sheets: tuple[str, ...]
    sheet: str
    encoding: str
    readings: tuple[Reading, ...]
    is_guess: bool
    separator: str
    header_line: int
    first_rows: tuple[tuple[int, str], ...]
    columns: tuple[OutlinedColumn, ...]
    question: str

    @property
    def needs_answer(self) -> bool:
        """True if staff have to say something before the table is read."""
        return bool(self.question or self.is_guess or (self.sheets and not self.sheet))

    @property
    def headings_key(self) -> str:
        """Headings of the table as one text, equal for tables of the same origin; "" for a table without."""
        return "\n".join(normalize_heading(column.heading) for column in self.columns) if self.header_line else ""

    def settled(self, choices: TableChoices = AS_IT_IS) -> TableChoices:
        """Return the choices with all that the table says itself, so that it is read the same way later."""
        columns = {column.at: column.field for column in self.columns}
        encoding = choices.encoding or self.encoding
        return TableChoices(encoding, self.sheet, self.separator, self.header_line, columns | dict(choices.columns))


def outline_table(
    table: OpenedTable,
    data: bytes,
    choices: TableChoices = AS_IT_IS,
    targets: Sequence[TargetField] = SIGNATORY_FIELDS,
) -> TableOutline:
    """Return the outline of a table opened from `data`, with what was chosen so far. Raises FileRefused if it is unreadable."""
    layout = find_layout(table, choices)
    records = list(islice(table.records(layout.separator), (layout.header_at or 0) + _SAMPLED_ROWS))
    header, body = layout.header(records), layout.body(records)
    mapped = map_columns(header.cells, choices, target_keys(targets))
    shown = range(min(len(header.cells), MAX_SHOWN_COLUMNS))
    samples = [_samples(body, at) for at in shown]
    columns = tuple(
        OutlinedColumn(
            at=at,
            heading=normalize_line(header.cells[at]),
            samples=samples[at],
            field=mapped.fields[at],
            is_known=at in choices.columns or bool(mapped.fields[at]) or is_known_heading(header.cells[at]),
        )
        for at in shown
        if header.cells[at].strip() or samples[at]
    )
    return TableOutline(
        sheets=tuple(sheet.name for sheet in table.sheets) if len(table.sheets) > 1 else (),
        sheet=table.sheet,
        encoding=table.encoding,
        readings=table.readings or (() if table.is_workbook else guess_encoding(data, table.file)[1]),
        is_guess=bool(table.readings),
        separator=layout.separator,
        header_line=header.line,
        first_rows=_first_rows(records),
        columns=columns,
        question=_question(layout, columns),
    )


def check_columns(
    outline: TableOutline, targets: Sequence[TargetField], chosen: Mapping[int, str]
) -> tuple[dict[int, str], str]:
    """Return what is wrong with the fields that are chosen for columns, by position, and with all of them; empty and "" if they
    can be read so."""
    keys, headings, errors = {target.key: target for target in targets}, dict[str, str](), dict[int, str]()
    for column in outline.columns:
        field = keys.get(chosen[column.at])
        if field and field.key in headings and not field.may_repeat:
            errors[column.at] = _(
                "“%(field)s” is chosen for “%(heading)s” already. Choose it once.",
                field=field.label,
                heading=headings[field.key],
            )
        elif field:
            headings[field.key] = column.heading
    if NAMING & headings.keys():
        return errors, ""
    labels = {"organization": keys["organization"].label, "person": keys["signer_name"].label}
    return errors, _("No column says who it is about. Choose “%(organization)s” or “%(person)s” for one.", **labels)


def _question(layout: TableLayout, columns: Sequence[OutlinedColumn]) -> str:
    """Return why the columns of a table have to be asked, "" if all is known."""
    are_headings = layout.header_at is not None and sum(bool(column.field) for column in columns) >= MIN_KNOWN_FIELDS
    names_nobody = not any(column.field in NAMING for column in columns)
    if layout.question and not (are_headings and names_nobody):
        return _("We couldn’t tell which row has the headings. Choose it, and say what each column is.")
    if layout.header_at is None and not any(column.field for column in columns):
        return _("Say what each column is.")
    unknown = [f"“{column.heading}”" for column in columns if not column.is_known and column.samples]
    if unknown:
        return _("We don’t know these columns: %(columns)s. Say what each is, or leave it out.", columns=", ".join(unknown[:8]))
    return ""


def _samples(body: Sequence[Record], at: int) -> tuple[str, ...]:
    """Return the first different values of a column."""
    values = (normalize_line(record.cells[at])[:MAX_SAMPLE_LENGTH] for record in body if at < len(record.cells))
    return tuple(islice(dict.fromkeys(filter(None, values)), SAMPLES))


def _first_rows(records: Sequence[Record]) -> tuple[tuple[int, str], ...]:
    """Return the lines that may be headings, each with its cells."""
    rows = ((record.line, non_empty_cells(record)) for record in records[:HEADER_SEARCH_ROWS])
    return tuple((line, normalize_line(" · ".join(cells))[:MAX_SAMPLE_LENGTH]) for line, cells in rows if cells)


def sheet_question(table: OpenedTable) -> str:
    """Return the sentence that asks for a sheet."""
    names = ", ".join(f"“{sheet.name}”" for sheet in table.sheets)
    return _("there are several sheets: %(sheets)s. Choose one.", sheets=names)


def table_notes(table: OpenedTable) -> Iterator[str]:
    """Yield notes on a guessed encoding, and on sheets that are not read."""
    if table.readings:
        best, *others = table.readings
        yield _(
            "Read as “%(encoding)s”: %(sample)s.",
            encoding=f"{ENCODING_LABELS[best.encoding]}, {best.encoding}",
            sample=best.sample,
        )
        if others:
            likely = "; ".join(f"{other.encoding}: {other.sample}" for other in others)
            yield _("If that is wrong, it may be: %(readings)s.", readings=likely)
    if unread := [f"“{sheet.name}”" for sheet in table.sheets if sheet.name != table.sheet]:
        yield _("These sheets are not read: %(sheets)s.", sheets=", ".join(unread))
