"""Signatories from a CSV file of any program: rows as plain values with line and problems. See docs/design/tables-in.md."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Any

from letterhub.domain.i18n import _
from letterhub.domain.letters.document import Logo, Signatory, SignatoryKind
from letterhub.domain.line_validation import line_error, normalize_line
from letterhub.domain.signatures.line_fields import LINE_FIELDS, MAX_LEAD_ORDER, SECTION_ORDER
from letterhub.domain.spreadsheet_escaping import unescape_cell
from letterhub.intake.errors import FileRefused
from letterhub.intake.images import ImageUnavailable, read_local_image, read_signature_picture, read_small_logo
from letterhub.intake.tables.columns import ColumnMap, count_known_fields, map_columns
from letterhub.intake.tables.file_types import check_is_text, decode_text
from letterhub.intake.tables.listing_consent import ConsentColumn, doubtful_word
from letterhub.intake.tables.table_lint import garbled_text_notes, unify_section_case

MAX_ROWS = 10_000
MAX_COLUMNS = 16_384  # the limit of spreadsheets, which write them all if somebody once touched the edge of a sheet
MAX_CONSENT_COLUMNS = 20
MAX_REMARK_COLUMNS = 100
"""Limit on the columns of a kind that are read: each is repeated with every row."""
MAX_REMARK_LENGTH = 300
_MAX_HEADING_LENGTH = 200
_HEADER_SEARCH_ROWS = 20
_MIN_KNOWN_FIELDS = 2
_MAX_TITLE_LENGTH = 60
_SEPARATORS = ",;\t|"
_YES = frozenset({"yes", "y", "true", "1", "x", "lead", "oui", "sí", "si", "ja", "sim"})
_NO = frozenset({"no", "n", "false", "0", "non", "nein", "não", "nie", "declined"})
_KINDS = {
    "": None,
    "organization": SignatoryKind.ORGANIZATION,
    "organisation": SignatoryKind.ORGANIZATION,
    "group": SignatoryKind.ORGANIZATION,
    "individual": SignatoryKind.INDIVIDUAL,
    "person": SignatoryKind.INDIVIDUAL,
}
_TOTAL_LINE = re.compile(r"(?:grand )?(?:total|sum|count)s?\s*[:=]?\s*[\d,.]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A problem in a row: the column as the file calls it, and a sentence in lower case."""

    column: str
    sentence: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its line in the file, its signatory, the problems that keep it from import, and its remarks."""

    line: int
    signatory: Signatory
    email: str
    problems: tuple[RowProblem, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SignatoryTable:
    """A parsed file of signatories. `notes` say in sentences what was left out."""

    rows: tuple[TableRow, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Record:
    line: int
    cells: list[str]


def read_signatories(data: bytes, file: str, folder: Path | None = None) -> SignatoryTable:
    """Return the signatories of a CSV file in any common encoding, separator and column order.

    Logo files are read from `folder`, if given. Without one the file was uploaded, and may have MAX_ROWS rows. Raises
    FileRefused if the file as a whole cannot be read; problems of single rows are listed with them.
    """
    check_is_text(data, file)
    text = decode_text(data, file)
    separator, header_at = _find_header(text, file)
    records = list(islice(_records(text, separator, file), None if folder else MAX_ROWS + header_at + 2))
    header, body = records[header_at], records[header_at + 1 :]
    if len(body) > MAX_ROWS and folder is None:
        raise FileRefused(file, _("the file has more than %(most)s rows.", most=f"{MAX_ROWS:,}"))
    columns = map_columns(header.cells)
    _check_columns(columns, header, file)
    notes = [*_title_notes(records[:header_at], header, file), *columns.notes]
    if folder is None and "logo" in columns.column_indexes:
        notes.append(_("Logos are not read from a table. Add each on its organization’s page."))
    if folder is None and "signature_picture" in columns.column_indexes:
        notes.append(_("Scanned signatures are not read from a table. Add each on the page of its name."))
    headings = [
        heading if len(heading) <= _MAX_HEADING_LENGTH else f"{heading[:_MAX_HEADING_LENGTH]}…"
        for heading in map(str.strip, header.cells)
    ]
    consent_columns = [ConsentColumn(at, headings[at], doubtful_word(header.cells[at])) for at in columns.consent_columns]
    last_cells = _non_empty_cells(body[-1]) if body else []
    if len(last_cells) == 1 and _TOTAL_LINE.fullmatch(last_cells[0]):
        notes.append(_("Line %(line)s looks like a total and was left out.", line=body.pop().line))
    rows = [_parse_row(record, headings, columns, consent_columns, folder) for record in body if _non_empty_cells(record)]
    spellings, section_notes = unify_section_case([row.signatory.section for row in rows])
    rows = [_with_spelling(row, spellings) for row in rows]
    notes += [*section_notes, *garbled_text_notes((row.line, row.signatory) for row in rows)]
    return SignatoryTable(tuple(rows), tuple(notes))


def _with_spelling(row: TableRow, spellings: Mapping[str, str]) -> TableRow:
    """Return a row with its section in the spelling of the whole table."""
    section = row.signatory.section
    spelling = spellings.get(section, section)
    return row if spelling == section else replace(row, signatory=replace(row.signatory, section=spelling))


def _check_columns(columns: ColumnMap, header: _Record, file: str) -> None:
    """Raise FileRefused if more columns than the limits ask for consent or are for notes."""
    consent_count, remark_count = len(columns.consent_columns), len(columns.remarks)
    if consent_count > MAX_CONSENT_COLUMNS:
        sentence = _(
            "%(count)s columns ask if a row may be listed. Keep at most %(most)s.",
            count=f"{consent_count:,}",
            most=MAX_CONSENT_COLUMNS,
        )
        raise FileRefused(file, sentence, line=header.line)
    if remark_count > MAX_REMARK_COLUMNS:
        sentence = _(
            "%(count)s columns are for notes. Keep at most %(most)s.", count=f"{remark_count:,}", most=MAX_REMARK_COLUMNS
        )
        raise FileRefused(file, sentence, line=header.line)


def valid_signatories(table: SignatoryTable, file: str) -> tuple[Signatory, ...]:
    """Return all signatories of a table. Raises FileRefused for the first row that has a problem."""
    for row in table.rows:
        for problem in row.problems:
            raise FileRefused(file, problem.sentence, line=row.line, column=problem.column)
    return tuple(row.signatory for row in table.rows)


def _find_header(text: str, file: str) -> tuple[str, int]:
    """Return the separator, and the index of the header: the first record that names who signed and one more field.

    The record with the most known fields would be wrong, as somebody may have typed headings as answers. If no record names
    two fields, one is enough.
    """
    candidates: list[tuple[bool, int, int, str, int]] = []
    for separator in _SEPARATORS:
        with suppress(FileRefused):
            for at, record in enumerate(islice(_records(text, separator, file), _HEADER_SEARCH_ROWS)):
                # the smallest candidate: two fields before one, then the first line, then the most fields
                if field_count := count_known_fields(record.cells):
                    candidates.append((field_count < _MIN_KNOWN_FIELDS, record.line, -field_count, separator, at))
    if not candidates:
        sentence = _("no heading says who signed. The first row must name the columns, such as organization and signer_name.")
        raise FileRefused(file, sentence, line=1)
    *_rank, separator, at = min(candidates, key=lambda candidate: candidate[:3])
    return separator, at


def _title_notes(above: Sequence[_Record], header: _Record, file: str) -> Iterator[str]:
    """Yield a note on the titles above the header. Raises FileRefused if they may be rows of names."""
    titles: list[str] = []
    for record in above:
        cells = _non_empty_cells(record)
        is_like_header = len(_non_empty_cells(header)) == 1 or count_known_fields(cells) > 0
        if len(cells) > 1 or (cells and is_like_header):
            sentence = _(
                "this reads like the row of headings, but line %(line)s, above it, would be lost. If these are the headings, "
                "delete what is above them. If not, name the columns in the first row.",
                line=record.line,
            )
            raise FileRefused(file, sentence, line=header.line)
        titles += cells
    if titles:
        quoted_titles = ", ".join(f"“{normalize_line(title)[:_MAX_TITLE_LENGTH]}”" for title in titles)
        yield _("Line %(line)s names the columns. Left out above it: %(titles)s.", line=header.line, titles=quoted_titles)


def _non_empty_cells(record: _Record) -> list[str]:
    return [cell.strip() for cell in record.cells if cell.strip()]


def _records(text: str, separator: str, file: str) -> Iterator[_Record]:
    """Yield the records of a table with the line that each begins on; blank lines are records without cells."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            if len(cells) > MAX_COLUMNS:
                raise FileRefused(file, _("the row has more than %(most)s columns.", most=f"{MAX_COLUMNS:,}"), line=line)
            yield _Record(line, cells)
            line = reader.line_num + 1
    except csv.Error as problem:
        sentence = _("this row cannot be read as a row of a table.")
        if "unexpected end" in str(problem):
            sentence = _("a quotation mark opens here and never closes.")
        elif "expected after" in str(problem):
            sentence = _("there is a quotation mark inside a cell. Inside quotes, write it twice.")
        raise FileRefused(file, sentence, line=line) from None


def _parse_row(
    record: _Record, header: Sequence[str], columns: ColumnMap, consent_columns: Iterable[ConsentColumn], folder: Path | None
) -> TableRow:
    """Return a record as a row: its signatory, the problems that keep it from import, and its remarks."""
    values = {field: normalize_line(unescape_cell(columns.cell(record.cells, field))) for field in columns.column_indexes}
    kind = _KINDS.get(values.get("kind", "").casefold(), SignatoryKind.ORGANIZATION)
    pictures, picture_problems = _read_row_pictures(values, folder)
    signatory = replace(
        _signatory(values, kind), logo=pictures.get("logo"), signature_picture=pictures.get("signature_picture")
    )
    problems: list[RowProblem] = []
    if any(cell.strip() for cell in record.cells[len(header) :]):  # a value was split, or a separator is not quoted
        cells, most = len(record.cells), len(header)
        sentence = _("the row has %(cells)s cells, but the header has %(headings)s.", cells=cells, headings=most)
        problems.append(RowProblem(header[-1], sentence))
    for field, sentence in (*_value_problems(values, signatory, kind), *picture_problems):
        problems.append(RowProblem(columns.heading(header, field), sentence))
    for column in consent_columns:
        answer = record.cells[column.at] if column.at < len(record.cells) else ""
        if problem := column.problem_with(normalize_line(unescape_cell(answer))):
            problems.append(RowProblem(column.heading, problem))
    for field, value in values.items():
        if error := line_error(value):
            problems.append(RowProblem(columns.heading(header, field), _("the text %(problem)s.", problem=error)))
    return TableRow(record.line, signatory, values.get("email", ""), tuple(problems), _remarks(record, header, columns))


def _value_problems(values: dict[str, str], signatory: Signatory, kind: SignatoryKind | None) -> Iterator[tuple[str, str]]:
    """Yield the fields that cannot be used, each with a sentence."""
    if values.get("kind", "").casefold() not in _KINDS:
        yield "kind", _("must be organization or individual.")
    if values.get("lead", "").casefold() not in _YES | _NO | {""} and not _lead_order(values["lead"]):
        yield "lead", _("must be yes, a place among the leads, or empty.")
    if values.get("lead_order") and not _lead_order(values["lead_order"]):
        yield "lead_order", _("must be a number from 1 to %(most)s.", most=MAX_LEAD_ORDER)
    if not signatory.name:
        yield "organization", _("the row names nobody.")
    elif kind is SignatoryKind.ORGANIZATION and not signatory.organization:
        yield "organization", _("the row is of kind organization but names none.")


def _remarks(record: _Record, header: Sequence[str], columns: ColumnMap) -> tuple[str, ...]:
    """Return the texts of the columns for notes, each after its heading: "Comments: please call"."""
    remarks = ((header[at], normalize_line(record.cells[at])) for at in columns.remarks if at < len(record.cells))
    return tuple(
        f"{heading}{'' if heading.endswith('?') else ':'} {text[:MAX_REMARK_LENGTH]}" for heading, text in remarks if text
    )


def _signatory(values: dict[str, str], kind: SignatoryKind | None) -> Signatory:
    """Return the signatory of a row's values by field; without a `kind`, one with only a signer's name is an individual."""
    line: dict[str, Any] = {field.key: values.get(field.key, "") for field in LINE_FIELDS}
    full_name = " ".join(filter(None, (values.get("first_name"), values.get("last_name"))))
    line["signer_name"] = full_name or line["signer_name"]
    line["location"] = line["location"] or ", ".join(filter(None, map(values.get, ("city", "state", "country"))))
    line["lead_order"] = _lead_order(line["lead_order"]) or _lead_order(line["lead"])
    line["lead"] = bool(line["lead_order"]) or line["lead"].casefold() in _YES
    if line["section"].casefold() in SECTION_ORDER:
        line["section"] = line["section"].casefold()
    is_person = line["signer_name"] and not line["organization"]
    line["kind"] = kind or (SignatoryKind.INDIVIDUAL if is_person else SignatoryKind.ORGANIZATION)
    return Signatory(**line)


def _lead_order(value: str) -> int:
    """Return the place among the leads that a cell gives ("2", or "2.0" of a spreadsheet), 0 for anything else."""
    place = re.fullmatch(r"0*([1-9][0-9]{0,2})(?:\.0+)?", value)
    return int(place[1]) if place and int(place[1]) <= MAX_LEAD_ORDER else 0


_PICTURE_READERS = {"logo": read_small_logo, "signature_picture": read_signature_picture}


def _read_row_pictures(values: Mapping[str, str], folder: Path | None) -> tuple[dict[str, Logo], list[tuple[str, str]]]:
    """Return the pictures in the files that a row names, by field, and the fields of those that cannot be used, each with a
    sentence."""
    pictures, problems = dict[str, Logo](), list[tuple[str, str]]()
    for field, read in _PICTURE_READERS.items():
        if not (folder and (name := values.get(field, ""))):
            continue
        try:
            pictures[field] = read(read_local_image(folder, name), name)
        except ImageUnavailable as trouble:
            problems.append((field, _("names a file that %(problem)s", problem=str(trouble))))
        except FileRefused as refusal:
            problems.append((field, str(refusal)))
    return pictures, problems
